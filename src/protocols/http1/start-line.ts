/** Request and status lines (RFC 9112, sections 3 and 4), as strict as a wrong yes is costly. */
import { MAX_METHOD } from './methods.js';

/** Not a start line. */
export const INVALID = -1;
/** Could be one, with more bytes. */
export const INCOMPLETE = -2;

const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const VERSION = 'HTTP/1.';

export class RequestLine {
  methodEnd = 0;
  targetStart = 0;
  targetEnd = 0;
  /** The x of HTTP/1.x. */
  minor = 0;

  /** @returns the offset behind the line, INVALID or INCOMPLETE; where it stopped being complete the fields so far are set */
  read(buf: Uint8Array, start: number, end: number): number {
    let p = start;
    while (p < end && isMethodByte(buf[p])) p++;
    this.methodEnd = p;
    this.targetStart = this.targetEnd = p;
    if (p - start > MAX_METHOD || (p === start && p < end)) return INVALID;
    if (p === end) return INCOMPLETE;
    if (buf[p] !== SPACE) return INVALID;
    p++;
    this.targetStart = this.targetEnd = p;
    if (p < end && !isTargetStart(buf[p])) return INVALID;
    while (p < end && buf[p] > SPACE && buf[p] !== 0x7f) p++;
    this.targetEnd = p;
    if (p === end) return INCOMPLETE;
    if (buf[p] !== SPACE) return INVALID;
    return this.readVersion(buf, p + 1, end);
  }

  private readVersion(buf: Uint8Array, start: number, end: number): number {
    const at = matchVersion(buf, start, end);
    if (at < 0) return at;
    this.minor = buf[at - 1] - 0x30;
    return lineEnd(buf, at, end);
  }
}

export class StatusLine {
  status = 0;
  minor = 0;
  reasonStart = 0;
  reasonEnd = 0;

  read(buf: Uint8Array, start: number, end: number): number {
    let p = matchVersion(buf, start, end);
    if (p < 0) return p;
    this.minor = buf[p - 1] - 0x30;
    if (p === end) return INCOMPLETE;
    if (buf[p++] !== SPACE) return INVALID;
    let status = 0;
    for (let i = 0; i < 3; i++, p++) {
      if (p === end) return INCOMPLETE;
      const digit = buf[p] - 0x30;
      if (digit < 0 || digit > 9) return INVALID;
      status = status * 10 + digit;
    }
    this.status = status;
    this.reasonStart = this.reasonEnd = p;
    if (p === end) return INCOMPLETE;
    if (status < 100 || (buf[p] !== SPACE && buf[p] !== CR && buf[p] !== LF)) return INVALID;
    if (buf[p] === SPACE) this.reasonStart = ++p;
    while (p < end && buf[p] !== LF && buf[p] !== CR) p++;
    this.reasonEnd = p;
    return lineEnd(buf, p, end);
  }
}

/** Empty lines before a message are ignored (RFC 9112, 2.2): the offset behind them. */
export function skipEmptyLines(buf: Uint8Array, start: number, end: number): number {
  let p = start;
  while (p < end && (buf[p] === CR || buf[p] === LF)) p++;
  return p;
}

function isMethodByte(byte: number): boolean {
  return (byte >= 0x41 && byte <= 0x5a) || byte === 0x2d || byte === 0x5f;
}

/** Origin form, absolute form, authority form (CONNECT) or `*`. */
function isTargetStart(byte: number): boolean {
  return byte === 0x2f || byte === 0x2a || byte === 0x5b || (byte >= 0x30 && byte <= 0x39) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a);
}

function matchVersion(buf: Uint8Array, start: number, end: number): number {
  const length = VERSION.length;
  for (let i = 0; i < length; i++) {
    if (start + i === end) return INCOMPLETE;
    if (buf[start + i] !== VERSION.charCodeAt(i)) return INVALID;
  }
  if (start + length === end) return INCOMPLETE;
  const digit = buf[start + length] - 0x30;
  return digit >= 0 && digit <= 9 ? start + length + 1 : INVALID;
}

function lineEnd(buf: Uint8Array, at: number, end: number): number {
  let p = at;
  if (p < end && buf[p] === CR) p++;
  if (p === end) return INCOMPLETE;
  return buf[p] === LF ? p + 1 : INVALID;
}
