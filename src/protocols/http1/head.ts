/** Header fields that matter, from one pass over a message's head. */
import { fromApm, fromB3, fromSw8, fromTraceparent, fromUber } from './trace-id.js';

const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const TAB = 0x09;
const COLON = 0x3a;

/** Offsets are into the window's buffer, valid during the call of `parse` only. */
export class Head {
  /** -1: none; -2: cannot be read. */
  contentLength = -1;
  transferCoded = false;
  chunked = false;
  /** `Expect: 100-continue`: the body may stay away. */
  expects = false;
  hostStart = 0;
  hostEnd = 0;
  agentStart = 0;
  agentEnd = 0;
  typeStart = 0;
  typeEnd = 0;
  traceId = '';
  /** The rank of the header that gave `traceId`; a lower one wins. */
  private traceRank = 9;
  private valueStart = 0;
  private valueEnd = 0;

  /**
   * Reads header lines from `start` up to and with the empty line.
   * @returns the offset behind the head, or -1 when it goes on beyond `end` (the whole lines so far are taken in)
   */
  read(buf: Uint8Array, start: number, end: number): number {
    this.reset();
    let p = start;
    while (p < end) {
      const lineStart = p;
      while (p < end && buf[p] !== LF) p++;
      if (p === end) return -1;
      const lineEnd = p > lineStart && buf[p - 1] === CR ? p - 1 : p;
      p++;
      if (lineEnd === lineStart) return p;
      this.takeLine(buf, lineStart, lineEnd);
    }
    return -1;
  }

  private reset(): void {
    this.contentLength = -1;
    this.transferCoded = false;
    this.chunked = false;
    this.expects = false;
    this.hostStart = this.hostEnd = 0;
    this.agentStart = this.agentEnd = 0;
    this.typeStart = this.typeEnd = 0;
    this.traceId = '';
    this.traceRank = 9;
  }

  /** A line that continues the one before (obs-fold) starts with a space: it matches no name. */
  private takeLine(buf: Uint8Array, from: number, to: number): void {
    switch (buf[from] | 0x20) {
      case 0x63: // c
        if (this.named(buf, from, to, 'content-length')) this.contentLength = readLength(buf, this.valueStart, this.valueEnd, this.contentLength);
        else if (this.named(buf, from, to, 'content-type')) { this.typeStart = this.valueStart; this.typeEnd = this.valueEnd; }
        return;
      case 0x68: // h
        if (this.named(buf, from, to, 'host')) { this.hostStart = this.valueStart; this.hostEnd = this.valueEnd; }
        return;
      case 0x75: // u
        if (this.named(buf, from, to, 'user-agent')) { this.agentStart = this.valueStart; this.agentEnd = this.valueEnd; }
        else if (this.named(buf, from, to, 'uber-trace-id')) this.trace(3, fromUber(buf, this.valueStart, this.valueEnd));
        return;
      case 0x74: // t
        if (this.named(buf, from, to, 'transfer-encoding')) this.takeTransferEncoding(buf);
        else if (this.named(buf, from, to, 'traceparent')) this.trace(0, fromTraceparent(buf, this.valueStart, this.valueEnd));
        return;
      case 0x73: // s
        if (this.named(buf, from, to, 'sw8')) this.trace(1, fromSw8(buf, this.valueStart, this.valueEnd));
        return;
      case 0x78: // x
        if (this.named(buf, from, to, 'x-b3-traceid')) this.trace(2, fromB3(buf, this.valueStart, this.valueEnd));
        return;
      case 0x62: // b
        if (this.named(buf, from, to, 'b3')) this.trace(2, fromB3(buf, this.valueStart, this.valueEnd));
        return;
      case 0x65: // e
        if (this.named(buf, from, to, 'expect')) this.expects = true;
        return;
      case 0x61: // a
        if (this.named(buf, from, to, 'apm-transactionid')) this.trace(4, fromApm(buf, this.valueStart, this.valueEnd));
        return;
      default:
    }
  }

  /** Compares the line's name and, when it is the one, finds its value without the white space around. */
  private named(buf: Uint8Array, from: number, to: number, name: string): boolean {
    const { length } = name;
    if (to - from <= length) return false;
    for (let i = 1; i < length; i++) if ((buf[from + i] | 0x20) !== name.charCodeAt(i)) return false;
    let p = from + length;
    while (p < to && (buf[p] === SPACE || buf[p] === TAB)) p++;
    if (p === to || buf[p] !== COLON) return false;
    p++;
    while (p < to && (buf[p] === SPACE || buf[p] === TAB)) p++;
    let end = to;
    while (end > p && (buf[end - 1] === SPACE || buf[end - 1] === TAB)) end--;
    this.valueStart = p;
    this.valueEnd = end;
    return true;
  }

  private trace(rank: number, id: string): void {
    if (id === '' || rank >= this.traceRank) return;
    this.traceRank = rank;
    this.traceId = id;
  }

  /** Chunked counts only as the last coding (RFC 9112, 6.1). */
  private takeTransferEncoding(buf: Uint8Array): void {
    this.transferCoded = true;
    const name = 'chunked';
    const start = this.valueEnd - name.length;
    this.chunked = start >= this.valueStart;
    for (let i = 0; this.chunked && i < name.length; i++) this.chunked = (buf[start + i] | 0x20) === name.charCodeAt(i);
  }
}

/** `5` or, from careless proxies, `5, 5`; two that differ cannot be trusted. */
function readLength(buf: Uint8Array, from: number, to: number, earlier: number): number {
  let length = 0;
  let p = from;
  for (; p < to && buf[p] >= 0x30 && buf[p] <= 0x39; p++) length = length * 10 + (buf[p] - 0x30);
  const readable = p > from && (p === to || buf[p] === 0x2c) && length <= Number.MAX_SAFE_INTEGER;
  return readable && (earlier === -1 || earlier === length) ? length : -2;
}
