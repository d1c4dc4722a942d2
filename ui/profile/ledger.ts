import type { LedgerEntry, Usual } from '../../src/server/api.js';

const MOST_NAMED = 8;
const ALWAYS_NAMED = 3;
const LEAST_SHARE = 0.003;

/** Entries of a kind taken together, with what they were on. */
export interface LedgerGroup extends LedgerEntry { parts?: LedgerEntry[] }

/** Of these the objects are who was in the way: dozens on a busy machine, and one cause. */
export const TAKEN_TOGETHER: ReadonlySet<LedgerEntry['kind']> = new Set(['run_queue', 'other_request']);

/** Largest first, as before. */
export function groupedLedger(ledger: readonly LedgerEntry[]): LedgerGroup[] {
  const groups = new Map<string, LedgerGroup>();
  for (const entry of ledger) {
    const key = TAKEN_TOGETHER.has(entry.kind) ? entry.kind : `${entry.kind} ${entry.object}`;
    const group = groups.get(key);
    if (!group) groups.set(key, { ...entry });
    else groups.set(key, { ...group, ns: group.ns + entry.ns, share: group.share + entry.share, parts: [...(group.parts ?? [{ ...group }]), entry] });
  }
  return [...groups.values()].sort((a, b) => b.ns - a.ns);
}

/** The largest entries by name, the rest as one sum; what is unexplained always has its name. */
export function namedEntries(ledger: readonly LedgerEntry[]): { named: LedgerEntry[]; rest: { count: number; ns: number; share: number } | null } {
  const isNamed = (entry: LedgerEntry, i: number): boolean => (i < MOST_NAMED && (i < ALWAYS_NAMED || entry.share >= LEAST_SHARE)) || entry.kind === 'unexplained';
  if (ledger.filter((entry, i) => !isNamed(entry, i)).length < 2) return { named: [...ledger], rest: null };
  const smaller = ledger.filter((entry, i) => !isNamed(entry, i));
  const sum = (of: (entry: LedgerEntry) => number): number => smaller.reduce((total, entry) => total + of(entry), 0);
  return { named: ledger.filter(isNamed), rest: { count: smaller.length, ns: sum((entry) => entry.ns), share: sum((entry) => entry.share) } };
}

/** What the endpoint usually spends on this: on the same object where that is known, else on all of the kind. */
export function usualNs(usual: Usual, { kind, object, parts }: LedgerGroup): number {
  const same = usual.ledger.find((one) => !parts && one.kind === kind && one.object === object);
  return same?.ns ?? usual.ledger.reduce((sum, one) => sum + (one.kind === kind ? one.ns : 0), 0);
}
