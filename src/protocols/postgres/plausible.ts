/** Is this a message of PostgreSQL? Strict enough to find boundaries in mid-stream and to tell the protocol from others. */
import { endOfString, isText } from '../sql/text.js';
import {
  AUTHENTICATION, BACKEND_KEY, BIND, BIND_COMPLETE, CLOSE, CLOSE_COMPLETE, COMMAND_COMPLETE, COPY_BOTH, COPY_DATA, COPY_DONE, COPY_FAIL,
  COPY_IN, COPY_OUT, DATA_ROW, DESCRIBE, EMPTY_QUERY, ERROR_RESPONSE, EXECUTE, FLUSH, FUNCTION_CALL, FUNCTION_RESULT, HEADER_BYTES,
  NEGOTIATE_VERSION, NOTICE, NOTIFICATION, NO_DATA, PARAMETER_DESCRIPTION, PARAMETER_STATUS, PARSE, PARSE_COMPLETE, PASSWORD,
  PORTAL_SUSPENDED, QUERY, READY, ROW_DESCRIPTION, SYNC, TERMINATE, int16, int32, messageBytes,
} from './messages.js';
import type { Side } from '../protocol.js';
import { REQUEST } from '../protocol.js';

/** Messages looked at in a row: more would not make it surer. */
const MAX_CHAIN = 8;
/** Longest tag of a CommandComplete. */
const MAX_TAG_BYTES = 64;
const MAX_COLUMNS = 1664;
/** Parts of a message that are looked at, to bound the work. */
const MAX_LOOKED_AT = 32;

/** Whole, plausible messages from `at` on: their number, or -1 when one of them is not plausible. */
export function chainLength(side: Side, buf: Uint8Array, at: number, end: number): number {
  let whole = 0;
  for (let looked = 0; looked < MAX_CHAIN && end - at >= HEADER_BYTES; looked++) {
    const bytes = messageBytes(buf, at);
    if (bytes === 0) return -1;
    const next = at + bytes;
    const fits = side === REQUEST ? requestFits(buf, at, next, end) : responseFits(buf, at, next, end);
    if (!fits) return -1;
    if (next <= end) whole++;
    at = next;
  }
  return whole;
}

/** Offset of the first byte from which only plausible messages follow, or -1. */
export function findBoundary(side: Side, buf: Uint8Array, start: number, end: number): number {
  for (let at = start; end - at >= HEADER_BYTES; at++) {
    if (buf[at + 1] > 0x1f) continue;
    if (chainLength(side, buf, at, end) > 0) return at - start;
  }
  return -1;
}

/** @param next end of the message at `at`, may lie beyond `end` */
function requestFits(buf: Uint8Array, at: number, next: number, end: number): boolean {
  const body = at + HEADER_BYTES;
  const seen = Math.min(next, end);
  const length = next - body;
  switch (buf[at]) {
    case SYNC: case FLUSH: case TERMINATE: case COPY_DONE: return length === 0;
    case QUERY: return length >= 1 && textTo(buf, body, next, end);
    case COPY_FAIL: return length >= 1 && textTo(buf, body, next, end);
    case PARSE: return length >= 4 && isText(buf, body, endOfString(buf, body, seen)) && parseFits(buf, body, next, end);
    case BIND: return length >= 8 && bindFits(buf, body, next, end);
    case DESCRIBE: case CLOSE: return length >= 2 && kindAndName(buf, body, next, end);
    case EXECUTE: return length >= 5 && executeFits(buf, body, next, end);
    case FUNCTION_CALL: return length >= 10;
    case PASSWORD: return length >= 1 && length < 65_536;
    case COPY_DATA: return true;
    default: return false;
  }
}

/** A string that fills the message: no NUL but the last byte. */
function textTo(buf: Uint8Array, from: number, next: number, end: number): boolean {
  if (next > end) return isText(buf, from, end);
  return buf[next - 1] === 0 && isText(buf, from, next - 1);
}

function parseFits(buf: Uint8Array, body: number, next: number, end: number): boolean {
  const seen = Math.min(next, end);
  const statement = endOfString(buf, body, seen) + 1;
  const after = endOfString(buf, statement, seen);
  if (!isText(buf, statement, Math.min(after, seen))) return false;
  return next > end || after + 3 + 4 * int16(buf, after + 1) === next;
}

/** Portal, statement, formats, parameters by length, result formats: they fill the message. */
function bindFits(buf: Uint8Array, body: number, next: number, end: number): boolean {
  const seen = Math.min(next, end);
  const statement = endOfString(buf, body, seen) + 1;
  if (!isText(buf, body, Math.min(statement - 1, seen))) return false;
  let at = endOfString(buf, statement, seen);
  if (!isText(buf, statement, Math.min(at, seen))) return false;
  at += 1;
  if (at + 2 > seen) return next > end;
  at += 2 + 2 * int16(buf, at);
  if (at + 2 > seen) return next > end;
  const parameters = int16(buf, at);
  at += 2;
  for (let i = 0; i < parameters; i++) {
    if (at + 4 > seen) return next > end;
    const length = int32(buf, at);
    if (length < -1) return false;
    at += 4 + Math.max(0, length);
    if (i === MAX_LOOKED_AT && at <= next) return true;
  }
  if (at + 2 > seen) return next > end && at + 2 <= next;
  return at + 2 + 2 * int16(buf, at) === next;
}

function kindAndName(buf: Uint8Array, body: number, next: number, end: number): boolean {
  if (body < end && buf[body] !== 0x53 && buf[body] !== 0x50) return false;
  return textTo(buf, body + 1, next, Math.max(end, body + 1));
}

function executeFits(buf: Uint8Array, body: number, next: number, end: number): boolean {
  const seen = Math.min(next - 4, end);
  const name = endOfString(buf, body, seen);
  return isText(buf, body, name) && (next > end || name + 5 === next);
}

function responseFits(buf: Uint8Array, at: number, next: number, end: number): boolean {
  const body = at + HEADER_BYTES;
  const length = next - body;
  switch (buf[at]) {
    case PARSE_COMPLETE: case BIND_COMPLETE: case CLOSE_COMPLETE: case NO_DATA: case PORTAL_SUSPENDED: case EMPTY_QUERY: case COPY_DONE:
      return length === 0;
    case READY: return length === 1 && (body >= end || isTransactionState(buf[body]));
    case COMMAND_COMPLETE: return length >= 3 && length <= MAX_TAG_BYTES && isTag(buf, body, next, end);
    case DATA_ROW: return rowFits(buf, body, next, end);
    case ROW_DESCRIPTION: return length >= 2 && columnsFit(buf, body, next, end);
    case PARAMETER_DESCRIPTION: return length >= 2 && (body + 2 > end || 2 + 4 * int16(buf, body) === length);
    case ERROR_RESPONSE: case NOTICE: return length >= 8 && length < 1 << 20 && fieldsFit(buf, body, next, end);
    case PARAMETER_STATUS: return length >= 3 && length < 4096 && twoStrings(buf, body, next, end);
    case BACKEND_KEY: return length >= 8 && length <= 260;
    case AUTHENTICATION: return length >= 4 && length < 65_536 && (body + 4 > end || (int32(buf, body) >>> 0) <= 13);
    case NOTIFICATION: return length >= 6 && length < 16_384 && twoStrings(buf, body + 4, next, end);
    case COPY_IN: case COPY_OUT: case COPY_BOTH:
      return length >= 3 && (body + 3 > end || (buf[body] <= 1 && 3 + 2 * int16(buf, body + 1) === length));
    case FUNCTION_RESULT: return length >= 4 && (body + 4 > end || 4 + Math.max(0, int32(buf, body)) === length);
    case NEGOTIATE_VERSION: return length >= 8 && length < 65_536;
    case COPY_DATA: return true;
    default: return false;
  }
}

function isTransactionState(byte: number): boolean {
  return byte === 0x49 || byte === 0x54 || byte === 0x45;
}

/** Capitals, spaces and digits. */
function isTag(buf: Uint8Array, body: number, next: number, end: number): boolean {
  const seen = Math.min(next - 1, end);
  for (let at = body; at < seen; at++) {
    const byte = buf[at];
    if (!((byte >= 0x41 && byte <= 0x5a) || byte === 0x20 || (at > body && byte >= 0x30 && byte <= 0x39))) return false;
  }
  return next > end || buf[next - 1] === 0;
}

function rowFits(buf: Uint8Array, body: number, next: number, end: number): boolean {
  if (next - body < 2) return false;
  if (body + 2 > end) return true;
  const columns = int16(buf, body);
  if (columns > MAX_COLUMNS) return false;
  let at = body + 2;
  for (let i = 0; i < columns && i < MAX_LOOKED_AT; i++) {
    if (at + 4 > next) return false;
    if (at + 4 > end) return true;
    const length = int32(buf, at);
    if (length < -1) return false;
    at += 4 + Math.max(0, length);
    if (at > next) return false;
  }
  return columns > MAX_LOOKED_AT || at === next;
}

function columnsFit(buf: Uint8Array, body: number, next: number, end: number): boolean {
  if (body + 2 > end) return true;
  const columns = int16(buf, body);
  if (columns > MAX_COLUMNS) return false;
  const seen = Math.min(next, end);
  let at = body + 2;
  for (let i = 0; i < columns && i < MAX_LOOKED_AT; i++) {
    const name = endOfString(buf, at, seen);
    if (!isText(buf, at, name)) return false;
    at = name + 19;
    if (at > end) return next > end;
  }
  return columns > MAX_LOOKED_AT || at === next;
}

/** Severity comes first. */
function fieldsFit(buf: Uint8Array, body: number, next: number, end: number): boolean {
  if (body + 2 > end) return true;
  return buf[body] === 0x53 && isText(buf, body + 1, endOfString(buf, body + 1, Math.min(next, end))) && (next > end || buf[next - 1] === 0);
}

function twoStrings(buf: Uint8Array, body: number, next: number, end: number): boolean {
  const seen = Math.min(next, end);
  const first = endOfString(buf, body, seen);
  if (!isText(buf, Math.min(body, seen), first)) return false;
  return next > end || (first < next - 1 && endOfString(buf, first + 1, next) === next - 1);
}
