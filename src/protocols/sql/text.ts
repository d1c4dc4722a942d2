/** Strings in messages. */
import { utf8 } from '../text.js';

/** `buf[from, to)` as UTF-8, at most `maxBytes` of it, never cut inside a character. */
export function textOf(buf: Uint8Array, from: number, to: number, maxBytes: number): string {
  let end = to;
  if (to - from > maxBytes) {
    end = from + maxBytes;
    while (end > from && (buf[end] & 0xc0) === 0x80) end--;
  }
  return utf8(buf, from, end);
}

/** Index of the first NUL in `buf[from, to)`, or `to`. */
export function endOfString(buf: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && buf[at] !== 0) at++;
  return at;
}

/** No control characters but white space: what a statement or a message for people consists of. */
export function isText(buf: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    const byte = buf[at];
    if (byte < 0x20 ? byte !== 0x0a && byte !== 0x09 && byte !== 0x0d : byte === 0x7f) return false;
  }
  return true;
}
