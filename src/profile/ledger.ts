/** The ledger: the critical path summed by kind and object. */
import type { LedgerEntry, PathSegment } from './profile.js';

/** Largest first. Sums to `durationNs` exactly: what the path leaves out is `unexplained`, in a line of its own. */
export function ledgerOf(path: readonly PathSegment[], durationNs: number): LedgerEntry[] {
  if (!(durationNs > 0) || !Number.isFinite(durationNs)) return [];
  const entries = new Map<string, LedgerEntry>();
  const sum = (kind: LedgerEntry['kind'], object: string, ns: number): void => {
    const key = `${kind} ${object}`;
    const entry = entries.get(key);
    if (entry) entry.ns += ns;
    else entries.set(key, { kind, object, ns, share: 0 });
  };
  let leftNs = durationNs;
  for (const segment of path) {
    const ns = Math.min(leftNs, segment.endNs - segment.startNs);
    if (!(ns > 0)) continue;
    sum(segment.kind, segment.kind === 'unexplained' ? '' : segment.object, ns);
    leftNs -= ns;
  }
  if (leftNs > 0) sum('unexplained', '', leftNs);
  for (const entry of entries.values()) entry.share = entry.ns / durationNs;
  return [...entries.values()].sort((a, b) => b.ns - a.ns);
}
