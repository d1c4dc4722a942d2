/** Bytes to strings at the least cost: no decoder objects, and no new string where the last one was the same. */

interface Slices {
  latin1Slice(this: Uint8Array, start: number, end: number): string;
  utf8Slice(this: Uint8Array, start: number, end: number): string;
}
// Both work on any Uint8Array; a Buffer view per call would cost more than the slice.
const { latin1Slice, utf8Slice } = Buffer.prototype as unknown as Slices;

export function latin1(buf: Uint8Array, from: number, to: number): string {
  return from < to ? latin1Slice.call(buf, from, to) : '';
}

/** Bytes that are no UTF-8 become U+FFFD. */
export function utf8(buf: Uint8Array, from: number, to: number): string {
  return from < to ? utf8Slice.call(buf, from, to) : '';
}

export function isAscii(buf: Uint8Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (buf[i] >= 0x80) return false;
  return true;
}

/** True when `buf[from, to)` is the ASCII `text`. */
export function equals(buf: Uint8Array, from: number, to: number, text: string): boolean {
  if (to - from !== text.length) return false;
  for (let i = 0; i < text.length; i++) if (buf[from + i] !== text.charCodeAt(i)) return false;
  return true;
}

/** Values that rarely change from message to message: gives the last string again while the bytes are the same. */
export class LastText {
  private text = '';

  /** @param limit bytes kept of it; the result may be shorter in characters */
  read(buf: Uint8Array, from: number, to: number, limit: number): string {
    const end = to - from > limit ? from + limit : to;
    if (!equals(buf, from, end, this.text)) this.text = isAscii(buf, from, end) ? latin1(buf, from, end) : utf8(buf, from, end);
    return this.text;
  }
}
