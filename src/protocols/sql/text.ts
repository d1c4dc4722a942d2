/** Bytes to strings. */

type Slice = (this: Uint8Array, start: number, end: number) => string;

// Buffer's slicer works on any Uint8Array and costs a third of a TextDecoder, and no view has to be made.
const { utf8Slice } = Buffer.prototype as unknown as { utf8Slice: Slice };

/** `buf[from, to)` as UTF-8, at most `maxBytes` of it, never cut inside a character. */
export function textOf(buf: Uint8Array, from: number, to: number, maxBytes: number): string {
  let end = to;
  if (to - from > maxBytes) {
    end = from + maxBytes;
    while (end > from && (buf[end] & 0xc0) === 0x80) end--;
  }
  return end > from ? utf8Slice.call(buf, from, end) : '';
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
