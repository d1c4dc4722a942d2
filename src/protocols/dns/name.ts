/** Domain names on the wire (RFC 1035, 4.1.4), with compression; bounded whatever the bytes say. */

const MAX_WIRE_NAME = 255;
const POINTER = 0xc0;

export class NameReader {
  /** Behind the name in the message, or -1 when the name is broken or cut off. */
  next = -1;

  /**
   * Lower case, without the final dot (the root is `.`); special bytes as `\ddd`. '' when broken.
   * @param start where the message begins: pointers count from there
   */
  read(buf: Uint8Array, start: number, at: number, end: number): string {
    let name = '';
    let length = 0;
    let behind = -1;
    let limit = at;
    for (;;) {
      if (at >= end) return this.#broken();
      const size = buf[at];
      if (size === 0) {
        this.next = behind < 0 ? at + 1 : behind;
        return name === '' ? '.' : name;
      }
      if ((size & POINTER) === POINTER) {
        if (at + 1 >= end) return this.#broken();
        const target = start + ((size & 0x3f) << 8) + buf[at + 1];
        if (behind < 0) behind = at + 2;
        // Each pointer must lead before the part it ends (RFC 1035: "a prior occurrence"): so no loop can be built.
        if (target >= limit) return this.#broken();
        at = limit = target;
        continue;
      }
      length += size + 1;
      if (size > 63 || length > MAX_WIRE_NAME || at + 1 + size > end) return this.#broken();
      const label = labelText(buf, at + 1, at + 1 + size);
      name = name === '' ? label : `${name}.${label}`;
      at += 1 + size;
    }
  }

  /** Only where it ends, -1 when broken: pointers are not followed. */
  skip(buf: Uint8Array, at: number, end: number): number {
    for (let hops = 0; at < end && hops < 128; hops++) {
      const size = buf[at];
      if (size === 0) return at + 1;
      if ((size & POINTER) === POINTER) return at + 2 <= end ? at + 2 : -1;
      if (size > 63) return -1;
      at += 1 + size;
    }
    return -1;
  }

  #broken(): string {
    this.next = -1;
    return '';
  }
}

function labelText(buf: Uint8Array, from: number, to: number): string {
  let text = '';
  for (let i = from; i < to; i++) {
    const c = buf[i];
    if (c >= 65 && c <= 90) text += String.fromCharCode(c | 32);
    else if (c > 32 && c < 127 && c !== 46 && c !== 92) text += String.fromCharCode(c);
    else text += `\\${String(c).padStart(3, '0')}`;
  }
  return text;
}
