/** Where a message's body ends (RFC 9112, section 6.3): follows it through windows of any size, keeping nothing of it. */

export const NO_BODY = 0;
export const BY_LENGTH = 1;
export const CHUNKED = 2;
export const UNTIL_CLOSE = 3;
/** After a loss: it ends where the next message starts. */
export const UNKNOWN_END = 4;
export type BodyKind = typeof NO_BODY | typeof BY_LENGTH | typeof CHUNKED | typeof UNTIL_CLOSE | typeof UNKNOWN_END;

/** `take` met bytes that no chunked body has. */
export const BROKEN = -1;

const SIZE = 0;
const EXTENSION = 1;
const DATA = 2;
const DATA_END = 3;
const TRAILER_START = 4;
const TRAILER = 5;
type ChunkState = typeof SIZE | typeof EXTENSION | typeof DATA | typeof DATA_END | typeof TRAILER_START | typeof TRAILER;

const LF = 0x0a;
const CR = 0x0d;
const MAX_LINE = 64 * 1024;

export class Body {
  kind: BodyKind = NO_BODY;
  done = true;
  /** Bytes left of the body (by length) or of the chunk. */
  private left = 0;
  private chunkState: ChunkState = SIZE;
  private sizeDigits = 0;
  private lineBytes = 0;

  begin(kind: BodyKind, length: number): void {
    this.kind = kind;
    this.left = kind === BY_LENGTH ? length : 0;
    this.done = kind === NO_BODY || (kind === BY_LENGTH && length === 0);
    if (kind === CHUNKED) this.startSize();
  }

  end(): void {
    this.kind = NO_BODY;
    this.done = true;
  }

  /**
   * Takes what belongs to the body from `buf[from, end)`, behind which `missing` bytes were not captured.
   * @param beyond may take known bytes beyond the window too; then `passed` follows (bytes that are missing anyway are always taken)
   * @returns bytes taken, or BROKEN
   */
  take(buf: Uint8Array, from: number, end: number, missing: number, beyond: boolean): number {
    if (this.done) return 0;
    if (this.kind === BY_LENGTH) return this.takeLength(end - from, missing, beyond);
    if (this.kind === CHUNKED) return this.takeChunks(buf, from, end, missing, beyond);
    return end - from + missing;
  }

  /** The bytes taken beyond the window have gone by. */
  passed(): void {
    this.left = 0;
    if (this.kind === BY_LENGTH) this.done = true;
    else if (this.kind === CHUNKED && this.chunkState === DATA) this.chunkState = DATA_END;
  }

  private takeLength(available: number, missing: number, beyond: boolean): number {
    if (this.left <= available) {
      const taken = this.left;
      this.left = 0;
      this.done = true;
      return taken;
    }
    if (beyond || missing > 0) return this.left;
    this.left -= available;
    return available;
  }

  private takeChunks(buf: Uint8Array, from: number, end: number, missing: number, beyond: boolean): number {
    let p = from;
    while (p < end) {
      if (this.chunkState !== DATA) {
        if (!this.frameByte(buf[p++])) return BROKEN;
        if (this.done) break;
        continue;
      }
      if (this.left > end - p) {
        if (beyond || missing > 0) return p - from + this.left;
        this.left -= end - p;
        p = end;
      } else {
        p += this.left;
        this.left = 0;
        this.chunkState = DATA_END;
      }
    }
    // Data of a chunk may start exactly behind the window.
    if (!this.done && this.chunkState === DATA && missing > 0) return p - from + this.left;
    return p - from;
  }

  /** One byte of the framing between chunk data. */
  private frameByte(byte: number): boolean {
    if (++this.lineBytes > MAX_LINE) return false;
    switch (this.chunkState) {
      case SIZE: return this.sizeByte(byte);
      case EXTENSION:
        if (byte === LF) this.sizeEnds();
        return true;
      case DATA_END:
        if (byte === LF) this.startSize();
        return byte === LF || byte === CR;
      case TRAILER_START:
        if (byte === LF) this.done = true;
        else if (byte !== CR) this.chunkState = TRAILER;
        return true;
      default:
        if (byte === LF) this.chunkState = TRAILER_START;
        return true;
    }
  }

  private sizeByte(byte: number): boolean {
    const digit = hexDigit(byte);
    if (digit >= 0) {
      this.left = this.left * 16 + digit;
      return ++this.sizeDigits <= 13;
    }
    if (this.sizeDigits === 0) return false;
    if (byte === LF) this.sizeEnds();
    else if (byte === 0x3b || byte === CR || byte === 0x20 || byte === 0x09) this.chunkState = EXTENSION;
    else return false;
    return true;
  }

  private sizeEnds(): void {
    this.chunkState = this.left === 0 ? TRAILER_START : DATA;
    this.lineBytes = 0;
  }

  private startSize(): void {
    this.chunkState = SIZE;
    this.left = 0;
    this.sizeDigits = 0;
    this.lineBytes = 0;
  }
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
