/** When processes ended: the last ones. */
import type { Nanoseconds } from '../events/observation.js';

const MAX_PROCESSES = 16_384;
/** Whoever inherited a connection has so long to speak. */
const ORPHAN_NS = 60e9;

export class ExitedProcesses {
  readonly #endNs = new Map<number, Nanoseconds>();

  add(pid: number, ts: Nanoseconds): void {
    // Anew, so that the first ones are the oldest.
    this.#endNs.delete(pid);
    if (this.#endNs.size >= MAX_PROCESSES) for (const oldest of this.#endNs.keys()) { this.#endNs.delete(oldest); break; }
    this.#endNs.set(pid, ts);
  }

  /** The process ended a minute ago, and nothing came since: had its id been given anew, that one would have spoken later. */
  orphaned(pid: number, lastNs: Nanoseconds, now: Nanoseconds): boolean {
    const endNs = this.#endNs.get(pid);
    return endNs !== undefined && endNs >= lastNs && now - endNs >= ORPHAN_NS;
  }

  clear(): void {
    this.#endNs.clear();
  }
}
