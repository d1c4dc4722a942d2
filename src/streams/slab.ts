import { Payload } from './payload.js';

/** Small copies out of one larger allocation: an ArrayBuffer each would cost more than the copy. */
const SLAB_BYTES = 64 * 1024;
/** Up to here a loop over words costs less than the view that a bulk copy needs. */
const SHORT_BYTES = 256;

export class Slab {
  #memory = new Uint8Array(SLAB_BYTES);
  #words = new DataView(this.#memory.buffer);
  #used = 0;
  /** The buffer that was copied from last: a drained ring is copied from thousands of times. */
  #source: Uint8Array = this.#memory;
  #sourceWords: DataView = this.#words;

  /** @param limit longest copy, bytes */
  constructor(private readonly limit: number) {}

  /** A copy of `buffer[from, to)`, cut to the limit. It keeps its slab alive: for short-lived data. */
  copy(buffer: Uint8Array, from: number, to: number): Payload {
    const length = Math.min(to - from, this.limit);
    if (this.#used + length > SLAB_BYTES) {
      this.#memory = new Uint8Array(SLAB_BYTES);
      this.#words = new DataView(this.#memory.buffer);
      this.#used = 0;
    }
    const at = this.#used;
    if (length > SHORT_BYTES) this.#memory.set(buffer.subarray(from, from + length), at);
    else this.#copyShort(buffer, from, length, at);
    this.#used += length;
    return new Payload(this.#memory, at, length);
  }

  #copyShort(buffer: Uint8Array, from: number, length: number, at: number): void {
    if (buffer !== this.#source) {
      this.#source = buffer;
      this.#sourceWords = new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
    }
    const words = this.#words;
    const source = this.#sourceWords;
    let i = 0;
    for (; i + 4 <= length; i += 4) words.setUint32(at + i, source.getUint32(from + i, true), true);
    for (; i < length; i++) this.#memory[at + i] = buffer[from + i];
  }
}
