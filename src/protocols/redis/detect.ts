import type { Detection } from '../protocol.js';
import { CLIENT_SENT, MAYBE, NO, SERVER_SENT } from '../protocol.js';
import { CommandTable } from './commands.js';
import { ARRAY, findLineFeed, isType, readLength } from './resp.js';

const BULK = 0x24;
const CR = 0x0d;
const MAX_HEADER = 32;
const MAX_NAME = 64;
const commands = new CommandTable();

/** Inline commands and replies that no other protocol greets with. */
const INLINE = ['PING\r\n', 'INFO\r\n', 'MONITOR\r\n', 'COMMAND\r\n', 'DBSIZE\r\n'];
const REPLIES = [
  '+OK\r\n', '+PONG\r\n', '+QUEUED\r\n', '+RESET\r\n', '$-1\r\n', '*-1\r\n', '_\r\n', '-WRONGTYPE ', '-NOAUTH ', '-MOVED ', '-ASK ', '-LOADING ', '-NOSCRIPT ',
  '-WRONGPASS ', '-NOPERM ', '-EXECABORT ', '-DENIED ', '-ERR unknown ', '-ERR wrong number ', '-ERR syntax ', '-ERR value ', '-ERR no such ', '-ERR invalid ',
];

export function detect(buf: Uint8Array, start: number, end: number): Detection {
  if (start === end) return NO;
  const type = buf[start];
  const inline = oneOf(INLINE, buf, start, end, true);
  if (inline !== NO) return inline === SERVER_SENT ? CLIENT_SENT : MAYBE;
  const reply = oneOf(REPLIES, buf, start, end, false);
  if (reply === SERVER_SENT) return SERVER_SENT;
  if (!isType(type)) return NO;
  const lineFeed = findLineFeed(buf, start, Math.min(end, start + MAX_HEADER));
  if (lineFeed < 0) return headerSoFar(buf, start + 1, end) && end - start < MAX_HEADER ? MAYBE : reply;
  if (buf[lineFeed - 1] !== CR || readLength(buf, start + 1, lineFeed - 1) < 0) return reply;
  return sized(buf, start, lineFeed + 1, end);
}

/** A type and its length, or an integer, has been read. */
function sized(buf: Uint8Array, start: number, next: number, end: number): Detection {
  switch (buf[start]) {
    case 0x3a: return SERVER_SENT; // :
    case BULK: return sizedBulk(buf, start, next, end);
    case ARRAY: return commandOrArray(buf, start, next, end);
    case 0x25: case 0x7e: case 0x3e: case 0x7c: // % ~ > |
      if (next === end) return MAYBE;
      return isType(buf[next]) ? SERVER_SENT : NO;
    default: return NO;
  }
}

function sizedBulk(buf: Uint8Array, start: number, next: number, end: number): Detection {
  const close = next + readLength(buf, start + 1, next - 2);
  if (close + 1 >= end) return end - next > MAX_NAME ? SERVER_SENT : MAYBE;
  return buf[close] === CR && buf[close + 1] === 0x0a ? SERVER_SENT : NO;
}

function commandOrArray(buf: Uint8Array, start: number, next: number, end: number): Detection {
  if (readLength(buf, start + 1, next - 2) === 0) return SERVER_SENT;
  if (next >= end) return MAYBE;
  if (buf[next] !== BULK) return isType(buf[next]) ? SERVER_SENT : NO;
  const lineFeed = findLineFeed(buf, next, Math.min(end, next + MAX_HEADER));
  if (lineFeed < 0) return headerSoFar(buf, next + 1, end) && end - next < MAX_HEADER ? MAYBE : NO;
  const length = readLength(buf, next + 1, lineFeed - 1);
  if (length < 0 || buf[lineFeed - 1] !== CR) return length === -1 ? SERVER_SENT : NO;
  const name = lineFeed + 1;
  if (length > MAX_NAME) return SERVER_SENT;
  if (name + length + 2 > end) return MAYBE;
  if (buf[name + length] !== CR) return NO;
  if (commands.known(buf, name, name + length) || isModuleCommand(buf, name, name + length)) return CLIENT_SENT;
  return SERVER_SENT;
}

/** `FT.SEARCH`, `JSON.GET`. */
function isModuleCommand(buf: Uint8Array, from: number, to: number): boolean {
  let dots = 0;
  for (let p = from; p < to; p++) {
    if (buf[p] === 0x2e) dots++;
    else if (!((buf[p] | 0x20) >= 0x61 && (buf[p] | 0x20) <= 0x7a)) return false;
  }
  return dots === 1 && buf[from] !== 0x2e && buf[to - 1] !== 0x2e;
}

function headerSoFar(buf: Uint8Array, from: number, end: number): boolean {
  for (let p = from; p < end; p++) if (!((buf[p] >= 0x30 && buf[p] <= 0x39) || (p > from && p === end - 1 && buf[p] === CR))) return false;
  return true;
}

/** SERVER_SENT when one of `texts` starts here, MAYBE when one could. */
function oneOf(texts: string[], buf: Uint8Array, start: number, end: number, anyCase: boolean): Detection {
  let result: Detection = NO;
  for (const text of texts) {
    let i = 0;
    while (i < text.length && start + i < end && same(buf[start + i], text.charCodeAt(i), anyCase)) i++;
    if (i === text.length) return SERVER_SENT;
    if (start + i === end) result = MAYBE;
  }
  return result;
}

function same(byte: number, wanted: number, anyCase: boolean): boolean {
  return byte === wanted || (anyCase && wanted >= 0x41 && byte === (wanted | 0x20));
}

/** Offset from `start` of the first thing that looks like a command, at the start or behind a line end, or -1; it may be cut off. */
export function findCommand(buf: Uint8Array, start: number, end: number): number {
  for (let p = start; p < end;) {
    if (buf[p] === ARRAY) {
      const found = detect(buf, p, end);
      if (found === CLIENT_SENT || found === MAYBE) return p - start;
    }
    const lineFeed = findLineFeed(buf, p, end);
    if (lineFeed < 0) return -1;
    p = lineFeed + 1;
  }
  return -1;
}
