/**
 * Where a RESP2 or RESP3 value ends: follows it through windows of any size and values of any depth, keeping only a count
 * of values still to come. (https://redis.io/docs/latest/develop/reference/protocol-spec/)
 */

/** `take` met bytes that no RESP value has. */
export const BROKEN = -1;

const CR = 0x0d;
const LF = 0x0a;
/** A length and its sign fit well into this. */
const MAX_LENGTH_LINE = 32;
/** A longer line (`+`, `-`, `(`...) is not waited for but passed over. */
const MAX_WAITED_LINE = 512;
const MAX_STREAMED_DEPTH = 64;
const MAX_VALUES = 2 ** 40;
/** `length` could not be read. */
const NOT_A_LENGTH = -2;
const STREAMED = -3;
const MAX_BULK = 2 ** 40;

const STRING = 0x2b; // +
const ERROR = 0x2d; // -
const INTEGER = 0x3a; // :
const BULK = 0x24; // $
export const ARRAY = 0x2a; // *
export const PUSH = 0x3e; // >
const MAP = 0x25; // %
const SET = 0x7e; // ~
const ATTRIBUTE = 0x7c; // |
const BULK_ERROR = 0x21; // !
const VERBATIM = 0x3d; // =
const BULK_CHUNK = 0x3b; // ;
const STREAM_END = 0x2e; // .
const NULL = 0x5f; // _
const BOOLEAN = 0x23; // #
const DOUBLE = 0x2c; // ,
const BIG_NUMBER = 0x28; // (

export function isType(byte: number): boolean {
  switch (byte) {
    case STRING: case ERROR: case INTEGER: case BULK: case ARRAY: case PUSH: case MAP: case SET: case ATTRIBUTE: case BULK_ERROR:
    case VERBATIM: case NULL: case BOOLEAN: case DOUBLE: case BIG_NUMBER: return true;
    default: return false;
  }
}

/** Offset of the next LF in `buf[from, end)`, or -1. */
export function findLineFeed(buf: Uint8Array, from: number, end: number): number {
  for (let p = from; p < end; p++) if (buf[p] === LF) return p;
  return -1;
}

/** The number in `buf[from, to)`: -1 for null, NOT_A_LENGTH (< -1) when it is none. */
export function readLength(buf: Uint8Array, from: number, to: number): number {
  let length = 0;
  for (let p = from; p < to; p++) {
    const digit = buf[p] - 0x30;
    if (digit < 0 || digit > 9) return otherLength(buf, from, to);
    length = length * 10 + digit;
  }
  return to > from && length <= MAX_BULK ? length : NOT_A_LENGTH;
}

function otherLength(buf: Uint8Array, from: number, to: number): number {
  if (to - from === 2 && buf[from] === 0x2d && buf[from + 1] === 0x31) return -1;
  return to - from === 1 && buf[from] === 0x3f ? STREAMED : NOT_A_LENGTH;
}

export class ValueReader {
  done = true;
  /** Text of the first error met during the last `take`, as offsets into its buffer; empty when there was none. */
  errorStart = 0;
  errorEnd = 0;
  private left = 0;
  /** Bytes of a bulk string still to pass over, with its line end. */
  private skip = 0;
  private inLine = false;
  /** What was left around each streamed aggregate; its own values are not counted but end with `.`. */
  private outer: number[] | null = null;
  private streaming = 0;

  begin(): void {
    this.done = false;
    this.left = 1;
    this.skip = 0;
    this.inLine = false;
    this.streaming = 0;
    if (this.outer !== null) this.outer.length = 0;
  }

  /**
   * Takes what belongs to the value from `buf[from, end)`.
   * @param beyond may take known bytes beyond `end`; `passed` then follows
   * @returns the offset behind what was taken (beyond `end` at times), or BROKEN
   */
  take(buf: Uint8Array, from: number, end: number, beyond: boolean): number {
    this.errorStart = this.errorEnd = 0;
    let p = from;
    while (!this.done && p < end) {
      if (this.skip > 0) {
        if (this.skip > end - p) {
          if (beyond) return p + this.skip;
          this.skip -= end - p;
          return end;
        }
        p += this.skip;
        this.skip = 0;
        this.valueEnds();
        continue;
      }
      const lineFeed = findLineFeed(buf, p, end);
      if (this.inLine) {
        if (lineFeed < 0) return end;
        p = lineFeed + 1;
        this.inLine = false;
        this.valueEnds();
        continue;
      }
      if (lineFeed < 0) return this.cutLine(buf, p, end);
      if (!this.line(buf, p, lineFeed)) return BROKEN;
      p = lineFeed + 1;
    }
    // A bulk string may start exactly behind the window.
    return beyond && !this.done && this.skip > 0 ? p + this.skip : p;
  }

  passed(): void {
    if (this.skip === 0) return;
    this.skip = 0;
    this.valueEnds();
  }

  private cutLine(buf: Uint8Array, from: number, end: number): number {
    const type = buf[from];
    const plain = type === STRING || type === ERROR || type === BIG_NUMBER;
    if (!plain) return end - from > MAX_LENGTH_LINE || !this.mayStart(type) ? BROKEN : from;
    if (end - from < MAX_WAITED_LINE) return from;
    if (type === ERROR) this.noteError(from + 1, end);
    this.inLine = true;
    return end;
  }

  private mayStart(type: number): boolean {
    return isType(type) || type === BULK_CHUNK || type === STREAM_END;
  }

  /** One line, `buf[from, lineFeed)`: a simple value, or the header of a larger one. */
  private line(buf: Uint8Array, from: number, lineFeed: number): boolean {
    const to = buf[lineFeed - 1] === CR && lineFeed > from ? lineFeed - 1 : lineFeed;
    switch (buf[from]) {
      case BULK: case VERBATIM: case BULK_ERROR: return this.bulk(buf, from, to, lineFeed);
      case STRING: case BIG_NUMBER: break;
      case ERROR: this.noteError(from + 1, to); break;
      case INTEGER: case NULL: case BOOLEAN: case DOUBLE: if (to - from > MAX_LENGTH_LINE) return false; break;
      case ARRAY: case SET: case PUSH: return this.aggregate(readLength(buf, from + 1, to));
      case MAP: return this.aggregate(2 * readLength(buf, from + 1, to));
      case ATTRIBUTE: return this.attribute(readLength(buf, from + 1, to));
      case BULK_CHUNK: return this.bulkChunk(readLength(buf, from + 1, to));
      case STREAM_END: return to === from + 1 && this.streamEnds();
      default: return false;
    }
    this.valueEnds();
    return true;
  }

  private bulk(buf: Uint8Array, from: number, to: number, lineFeed: number): boolean {
    const length = readLength(buf, from + 1, to);
    if (length === STREAMED) return this.startStream();
    if (length < -1) return false;
    if (length === -1) this.valueEnds();
    else this.skip = length + 2;
    if (buf[from] === BULK_ERROR && length > 0) this.noteError(lineFeed + 1, lineFeed + 1 + length);
    return true;
  }

  /** @param count may come doubled (maps), null and streamed then too */
  private aggregate(count: number): boolean {
    if (count === STREAMED || count === 2 * STREAMED) return this.startStream();
    if (count === -1 || count === 0) this.valueEnds();
    else if (count < 0 || count > MAX_VALUES || this.left > MAX_VALUES) return false;
    else if (this.streaming === 0 || this.left > 0) this.left += count - 1;
    return true;
  }

  /** Facts about the value that follows: they are none themselves. */
  private attribute(pairs: number): boolean {
    if (pairs < 0 || this.left + 2 * pairs > MAX_VALUES) return false;
    if (this.left > 0) this.left += 2 * pairs;
    return true;
  }

  private bulkChunk(length: number): boolean {
    if (this.streaming === 0 || length < 0) return false;
    if (length === 0) return this.streamEnds();
    this.skip = length + 2;
    return true;
  }

  private startStream(): boolean {
    if (this.streaming >= MAX_STREAMED_DEPTH) return false;
    (this.outer ??= []).push(this.left);
    this.streaming++;
    this.left = 0;
    return true;
  }

  private streamEnds(): boolean {
    if (this.streaming === 0 || this.outer === null || this.left > 0) return false;
    this.left = this.outer.pop() ?? 0;
    this.streaming--;
    this.valueEnds();
    return true;
  }

  /** In a streamed aggregate `left` stays 0 between its values. */
  private valueEnds(): void {
    if (this.left > 0) this.left--;
    if (this.left === 0 && this.streaming === 0) this.done = true;
  }

  private noteError(start: number, end: number): void {
    if (this.errorEnd > 0) return;
    this.errorStart = start;
    this.errorEnd = end;
  }
}
