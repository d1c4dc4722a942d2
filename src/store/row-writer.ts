/**
 * RowBinary into one growing array. Numbers are written byte by byte: no BigInt, no DataView call, no allocation a row.
 * The first byte of the array and `length` are the only state; `take()` hands the bytes over and starts anew.
 */
const MINIMUM_BYTES = 64 * 1024;
/** Below this a loop over the characters is quicker than a call into native code. */
const SHORT_TEXT = 64;
const TWO_32 = 4294967296;
const hexDigit = (code: number): number => (code <= 57 ? code - 48 : (code | 32) - 87);

export class RowWriter {
  private bytes: Buffer;
  length = 0;

  constructor(initialBytes = MINIMUM_BYTES) {
    this.bytes = Buffer.allocUnsafeSlow(initialBytes);
  }

  /** The bytes so far, no longer owned by the writer. */
  take(): Uint8Array {
    const taken = this.bytes.subarray(0, this.length);
    this.bytes = Buffer.allocUnsafeSlow(Math.max(MINIMUM_BYTES, this.length + (this.length >> 2)));
    this.length = 0;
    return new Uint8Array(taken.buffer, 0, taken.length);
  }

  private reserve(extra: number): void {
    if (this.length + extra <= this.bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(this.bytes.length * 2, this.length + extra));
    this.bytes.copy(grown, 0, 0, this.length);
    this.bytes = grown;
  }

  u8(value: number): void {
    this.reserve(1);
    this.bytes[this.length++] = value;
  }

  u32(value: number): void {
    this.reserve(4);
    const bytes = this.bytes;
    const at = this.length;
    bytes[at] = value;
    bytes[at + 1] = value >>> 8;
    bytes[at + 2] = value >>> 16;
    bytes[at + 3] = value >>> 24;
    this.length = at + 4;
  }

  /** A whole number of 0 to 2^53; anything else (a broken duration) is written as the nearest that is. */
  u64(value: number): void {
    const safe = value > 0 ? Math.min(Math.floor(value), Number.MAX_SAFE_INTEGER) : 0;
    this.u32(safe % TWO_32);
    this.u32(safe / TWO_32);
  }

  nullableU64(value: number | null): void {
    if (value === null || value !== value) return this.u8(1);
    this.u8(0);
    this.u64(value);
  }

  f32(value: number): void {
    this.reserve(4);
    this.length = this.bytes.writeFloatLE(value, this.length);
  }

  /** 16 hex digits as a UInt64. */
  hex64(text: string): void {
    let high = 0;
    let low = 0;
    const split = text.length - 8;
    for (let i = 0; i < split; i++) high = ((high << 4) | hexDigit(text.charCodeAt(i))) >>> 0;
    for (let i = Math.max(0, split); i < text.length; i++) low = ((low << 4) | hexDigit(text.charCodeAt(i))) >>> 0;
    this.u32(low);
    this.u32(high);
  }

  /** Nanoseconds since 1970 as decimal digits: seconds * 1e9 + rest, in halves that a double holds exactly. */
  decimalNs(text: string): void {
    const seconds = text.length > 9 ? +text.slice(0, -9) : 0;
    const rest = +text.slice(-9);
    const upper = Math.floor(seconds / 65536) * 1e9;
    const lower = (seconds % 65536) * 1e9 + rest;
    const low = (upper % 65536) * 65536 + (lower % TWO_32);
    this.u32(low % TWO_32);
    this.u32(Math.floor(upper / 65536) + Math.floor(lower / TWO_32) + Math.floor(low / TWO_32));
  }

  varint(value: number): void {
    while (value > 127) {
      this.u8((value & 127) | 128);
      value >>>= 7;
    }
    this.u8(value);
  }

  string(text: string): void {
    const length = text.length;
    if (length > SHORT_TEXT) return this.longString(text);
    this.reserve(length + 1);
    const bytes = this.bytes;
    const at = this.length + 1;
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i);
      if (code > 127) return this.longString(text);
      bytes[at + i] = code;
    }
    bytes[at - 1] = length;
    this.length = at + length;
  }

  private longString(text: string): void {
    const size = Buffer.byteLength(text);
    this.varint(size);
    this.reserve(size);
    this.bytes.write(text, this.length, size, 'utf8');
    this.length += size;
  }

  nullableBytes(value: Uint8Array | null): void {
    if (value === null) return this.u8(1);
    this.u8(0);
    this.varint(value.length);
    this.reserve(value.length);
    this.bytes.set(value, this.length);
    this.length += value.length;
  }
}
