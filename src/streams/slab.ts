/** Small copies out of one larger allocation: an ArrayBuffer each would cost more than the copy. */
const SLAB_BYTES = 64 * 1024;
/** Up to here a loop costs less than the view that a bulk copy needs. */
const SHORT_BYTES = 96;

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
    const memory = this.#memory;
    const at = this.#used;
    if (length > SHORT_BYTES) memory.set(buffer.subarray(from, from + length), at);
    else for (let i = 0; i < length; i++) memory[at + i] = buffer[from + i];
    const copy = new Uint8Array(memory.buffer, at, length);
    this.#used += length;
    return copy;
  }
}
