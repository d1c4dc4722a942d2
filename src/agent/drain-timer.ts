/**
 * When to look at the rings again: seldom while little comes (each look costs, and nobody waits for a millisecond), soon
 * enough under load that a ring of a few MiB stays nearly empty.
 */
const SHORTEST_MS = 2;
const LONGEST_MS = 50;
/** Bytes that a look should find. */
const TARGET_BYTES = 256 * 1024;

export class DrainTimer {
  #delayMs = LONGEST_MS;

  /** @param bytes what the last look found @returns ms until the next */
  next(bytes: number): number {
    const wanted = bytes === 0 ? LONGEST_MS : this.#delayMs * (TARGET_BYTES / bytes);
    // Load comes at once and goes slowly.
    this.#delayMs = Math.max(SHORTEST_MS, Math.min(LONGEST_MS, wanted, this.#delayMs * 2));
    return this.#delayMs;
  }
}
