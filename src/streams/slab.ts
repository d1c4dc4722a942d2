/** Small copies out of one larger allocation: an ArrayBuffer each would cost more than the copy. */
const SLAB_BYTES = 64 * 1024;

export class Slab {
  #memory = new Uint8Array(SLAB_BYTES);
  #used = 0;

  /** @param limit longest copy, bytes */
  constructor(private readonly limit: number) {}

  /** A copy of `buffer[from, to)`, cut to the limit. It keeps its slab alive: for short-lived data. */
  copy(buffer: Uint8Array, from: number, to: number): Uint8Array {
    const length = Math.min(to - from, this.limit);
    if (this.#used + length > SLAB_BYTES) {
      this.#memory = new Uint8Array(SLAB_BYTES);
      this.#used = 0;
    }
    this.#memory.set(buffer.subarray(from, from + length), this.#used);
    const copy = this.#memory.subarray(this.#used, this.#used + length);
    this.#used += length;
    return copy;
  }
}
