import type { LedgerEntry, Usual } from '../../src/server/api.js';

const MOST_NAMED = 8;

/** The largest entries by name, the rest as one sum; what is unexplained always has its name. */
export function namedEntries(ledger: readonly LedgerEntry[]): { named: LedgerEntry[]; rest: { count: number; ns: number; share: number } | null } {
  if (ledger.length <= MOST_NAMED + 1) return { named: [...ledger], rest: null };
  const isNamed = (entry: LedgerEntry, i: number): boolean => i < MOST_NAMED || entry.kind === 'unexplained';
  const smaller = ledger.filter((entry, i) => !isNamed(entry, i));
  const sum = (of: (entry: LedgerEntry) => number): number => smaller.reduce((total, entry) => total + of(entry), 0);
  return { named: ledger.filter(isNamed), rest: { count: smaller.length, ns: sum((entry) => entry.ns), share: sum((entry) => entry.share) } };
}

/** What the endpoint usually spends on this: on the same object where that is known, else on all of the kind. */
export function usualNs(usual: Usual, { kind, object }: LedgerEntry): number {
  const same = usual.ledger.find((one) => one.kind === kind && one.object === object);
  return same?.ns ?? usual.ledger.reduce((sum, one) => sum + (one.kind === kind ? one.ns : 0), 0);
}
