import type { Detection } from '../protocol.js';
import { CLIENT_SENT, MAYBE, NO, SERVER_SENT } from '../protocol.js';
import { INCOMPLETE, INVALID, RequestLine, StatusLine, skipEmptyLines } from './start-line.js';

const requestLine = new RequestLine();
const statusLine = new StatusLine();
/** A status line is certain before its reason phrase: `HTTP/1.1 200 `. */
const STATUS_PREFIX = 12;

export function detect(buf: Uint8Array, start: number, end: number): Detection {
  const from = skipEmptyLines(buf, start, end);
  if (from === end) return end > start ? MAYBE : NO;
  const status = statusLine.read(buf, from, end);
  if (status >= 0 || (status === INCOMPLETE && end - from > STATUS_PREFIX)) return SERVER_SENT;
  if (status === INCOMPLETE) return MAYBE;
  const request = requestLine.read(buf, from, end);
  if (request === INVALID) return NO;
  return request === INCOMPLETE ? MAYBE : CLIENT_SENT;
}

/** Offset of the first request (or status) line in `buf[start, end)` that may start a message, or -1; it may be cut off by `end`. */
export function findRequest(buf: Uint8Array, start: number, end: number): number {
  for (let p = start; p < end;) {
    if (requestLine.read(buf, p, end) !== INVALID) return p;
    while (p < end && buf[p] !== 0x0a) p++;
    p++;
  }
  return -1;
}

/** A body need not end with a newline: a status line may start anywhere. */
export function findResponse(buf: Uint8Array, start: number, end: number): number {
  for (let p = start; p < end; p++) {
    if (buf[p] === 0x48 && statusLine.read(buf, p, end) !== INVALID) return p;
  }
  return -1;
}
