/** The ledger: the critical path summed by kind and object. */
import type { LedgerEntry, PathSegment } from './profile.js';

/** Largest first. Sums to `durationNs` exactly: what the path leaves out is `unexplained`; why, is the object of such a line. */
export function ledgerOf(path: readonly PathSegment[], durationNs: number): LedgerEntry[] {
  if (!(durationNs > 0) || !Number.isFinite(durationNs)) return [];
  const sums = new Sums(durationNs);
  let leftNs = durationNs;
  for (const segment of path) {
    const ns = Math.min(leftNs, segment.endNs - segment.startNs);
    if (!(ns > 0)) continue;
    sums.add(segment, ns);
    leftNs -= ns;
  }
  if (leftNs > 0) sums.add({ kind: 'unexplained', object: '' }, leftNs);
  return sums.entries();
}

class Sums {
  readonly #entries = new Map<string, LedgerEntry>();
  /** Of entries whose time was seen from the peer's side too. */
  readonly #inside = new Map<LedgerEntry, Sums>();

  constructor(private readonly durationNs: number) {}

  add({ kind, object, inside }: Pick<PathSegment, 'kind' | 'object' | 'inside'>, ns: number): void {
    const key = `${kind} ${object}`;
    let entry = this.#entries.get(key);
    if (!entry) this.#entries.set(key, (entry = { kind, object, ns: 0, share: 0 }));
    entry.ns += ns;
    if (!inside || inside.length === 0) return;
    let sums = this.#inside.get(entry);
    if (!sums) this.#inside.set(entry, (sums = new Sums(this.durationNs)));
    for (const part of inside) if (part.endNs > part.startNs) sums.add(part, part.endNs - part.startNs);
  }

  entries(): LedgerEntry[] {
    for (const entry of this.#entries.values()) entry.share = entry.ns / this.durationNs;
    for (const [entry, sums] of this.#inside) entry.inside = sums.entries();
    return [...this.#entries.values()].sort((a, b) => b.ns - a.ns);
  }
}
