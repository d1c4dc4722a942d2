/** Two ledgers side by side: by kind, what each spent and on which objects. */
import type { LedgerEntry, LedgerKind } from '../../../src/server/api.js';

export interface KindDifference { kind: LedgerKind; ns: number; otherNs: number; objects: LedgerEntry[]; otherObjects: LedgerEntry[] }

/** Largest difference first. */
export function ledgerDifference(ledger: readonly LedgerEntry[], other: readonly LedgerEntry[]): KindDifference[] {
  const kinds = new Map<LedgerKind, KindDifference>();
  const of = (kind: LedgerKind): KindDifference => {
    let row = kinds.get(kind);
    if (!row) kinds.set(kind, (row = { kind, ns: 0, otherNs: 0, objects: [], otherObjects: [] }));
    return row;
  };
  for (const entry of ledger) {
    of(entry.kind).ns += entry.ns;
    if (entry.object !== '') of(entry.kind).objects.push(entry);
  }
  for (const entry of other) {
    of(entry.kind).otherNs += entry.ns;
    if (entry.object !== '') of(entry.kind).otherObjects.push(entry);
  }
  return [...kinds.values()].sort((a, b) => Math.abs(b.ns - b.otherNs) - Math.abs(a.ns - a.otherNs));
}
