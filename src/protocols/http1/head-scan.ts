import { MORE } from '../protocol.js';

/** Longest head that is waited for. */
export const MAX_HEAD = 64 * 1024;
/** Up to here an incomplete head is simply read again with each chunk, which also finds garbage early. */
const REREAD_BELOW = 2048;
const LF = 0x0a;
const CR = 0x0d;

/** Keeps a long head that comes in many small chunks from being read again and again: only its end is looked for. */
export class HeadScan {
  private scanned = 0;

  /** True while the head that starts at `start` is known not to end before `end`. */
  stillOpen(buf: Uint8Array, start: number, end: number): boolean {
    if (this.scanned < REREAD_BELOW || end - start >= MAX_HEAD) return false;
    for (let p = start + this.scanned - 3; p < end; p++) {
      if (buf[p] !== LF) continue;
      if (buf[p + 1] === LF && p + 1 < end) return false;
      if (buf[p + 1] === CR && buf[p + 2] === LF && p + 2 < end) return false;
    }
    this.scanned = end - start;
    return true;
  }

  remember(bytes: number): typeof MORE {
    this.scanned = bytes;
    return MORE;
  }

  reset(): void {
    this.scanned = 0;
  }
}
