/**
 * HotSpot's compressed tables: which methods were inlined at a place of compiled code (debugInfo), and the lines of a method's
 * bytecode. Pure; hostile bytes give null or an end, never an error.
 */

/** UNSIGNED5 (compressedStream.hpp, JDK 17): digits of 6 bits, the lowest first; a byte below 192 is the last one. */
const lastDigitBelow = 192;
const mostDigits = 5;

export class CompressedStream {
  constructor(private readonly bytes: Uint8Array, public at: number) {}

  /** Null beyond the end. */
  byte(): number | null {
    return this.at >= 0 && this.at < this.bytes.length ? this.bytes[this.at++] : null;
  }

  unsigned(): number | null {
    let value = 0;
    for (let digit = 0; digit < mostDigits; digit++) {
      const byte = this.byte();
      if (byte === null) return null;
      value += byte * 2 ** (6 * digit);
      if (byte < lastDigitBelow) break;
    }
    return value >>> 0;
  }

  signed(): number | null {
    const value = this.unsigned();
    return value === null ? null : (value >>> 1) ^ -(value & 1);
  }
}

export interface Scope {
  /** From 1, into the compiled method's metadata; 0 is none. */
  methodIndex: number;
  /** -1: at the method's entry. */
  bci: number;
  /** Where the caller's scope is; 0: this is the outermost. */
  senderOffset: number;
}

/** ScopeDesc::decode_body, at the start of `data`. */
export function decodeScope(data: Uint8Array): Scope | null {
  const stream = new CompressedStream(data, 0);
  const senderOffset = stream.unsigned();
  const methodIndex = stream.unsigned();
  const bci = stream.unsigned();
  return senderOffset === null || methodIndex === null || bci === null ? null : { senderOffset, methodIndex, bci: bci - 1 };
}

/** CompressedLineNumberReadStream: the line that a bytecode index belongs to; 0 when the table does not say. */
export function lineOf(table: Uint8Array, bci: number): number {
  const stream = new CompressedStream(table, 0);
  let at = 0;
  let line = 0;
  let best = 0;
  for (let byte = stream.byte(); byte; byte = stream.byte()) {
    if (byte === 0xff) {
      const [bciDelta, lineDelta] = [stream.signed(), stream.signed()];
      if (bciDelta === null || lineDelta === null) break;
      at += bciDelta;
      line += lineDelta;
    } else {
      at += byte >> 3;
      line += byte & 7;
    }
    if (at > bci) break;
    best = line;
  }
  return best;
}
