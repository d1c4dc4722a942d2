import { PAYLOAD_PREFIX } from '../protocols/protocol.js';

/**
 * The first bytes of a message: a range of memory that is not written again. Every request has two and few are ever looked
 * at, so the view, which costs more than the copy, is made when it is asked for.
 */
export class Payload {
  constructor(private readonly memory: Uint8Array, private readonly start: number, readonly length: number) {}

  bytes(): Uint8Array {
    return this.memory.subarray(this.start, this.start + this.length);
  }

  /** This one with `buf[from, to)` behind it, as far as the limit allows. */
  with(buf: Uint8Array, from: number, to: number): Payload {
    const more = Math.min(to - from, PAYLOAD_PREFIX - this.length);
    if (more <= 0) return this;
    const whole = new Uint8Array(this.length + more);
    whole.set(this.bytes());
    whole.set(buf.subarray(from, from + more), this.length);
    return new Payload(whole, 0, whole.length);
  }
}
