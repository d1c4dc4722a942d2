/**
 * Is it DNS? Flags, counts and names leave little room: a query must parse to its last byte, as must a response unless
 * only its beginning was captured.
 */
import type { Detection } from '../protocol.js';
import { CLIENT_SENT, MAYBE, NO, SERVER_SENT } from '../protocol.js';
import { OPCODE_NOTIFY, OPCODE_QUERY, OPCODE_UPDATE, isKnownType } from './codes.js';
import { DnsMessage, word } from './message.js';

const HEADER = 12;
/** Header and a question for the root. */
const MIN_MESSAGE = 17;
/** Reserved bit of the flags; a query has neither AA, RA nor a response code. */
const RESERVED = 0x0040;
const NOT_IN_QUERY = 0x0480 | 0x000f;
const MAX_QUERY = 4_096;
/** A response longer than this may have been captured in part. */
const CAPTURED_PART = 200;
const MAX_PLAUSIBLE_RECORDS = 512;
const LABEL = /^[\x21-\x7e]+$/;

const message = new DnsMessage();

export function detect(buf: Uint8Array, start: number, end: number, transport: 'stream' | 'datagram'): Detection {
  return transport === 'datagram' ? detectMessage(buf, start, end, end - start) : detectStream(buf, start, end);
}

/** Each message on a stream stands behind its length (RFC 7766); client and server may write the two apart. */
function detectStream(buf: Uint8Array, start: number, end: number): Detection {
  if (end - start < 2) return MAYBE;
  const length = word(buf, start);
  if (length < MIN_MESSAGE) return NO;
  if (end - start >= 6 && !plausibleFlags(word(buf, start + 4), length)) return NO;
  if (end - start < 2 + HEADER) return MAYBE;
  const behind = start + 2 + length;
  if (end >= behind) return detectMessage(buf, start + 2, behind, length);
  if (!plausibleHead(buf, start + 2, end, length)) return NO;
  return message.isResponse ? detectMessage(buf, start + 2, end, length) : MAYBE;
}

/** @param length of the message; less of it may be in the buffer */
function detectMessage(buf: Uint8Array, start: number, end: number, length: number): Detection {
  if (length < MIN_MESSAGE || end - start < MIN_MESSAGE || !plausibleHead(buf, start, end, length)) return NO;
  if (!message.read(buf, start, end) || message.questions !== 1) return NO;
  if (message.operation === '' || !LABEL.test(message.name)) return NO;
  if (message.opcode === OPCODE_QUERY && !isKnownType(message.type)) return NO;
  if (!message.whole && !(message.isResponse && end - start >= CAPTURED_PART)) return NO;
  return message.isResponse ? SERVER_SENT : CLIENT_SENT;
}

function plausibleHead(buf: Uint8Array, start: number, end: number, length: number): boolean {
  if (end - start < HEADER) return true;
  const flags = word(buf, start + 2);
  message.isResponse = (flags & 0x8000) !== 0;
  if (!plausibleFlags(flags, length) || word(buf, start + 4) !== 1) return false;
  const answers = word(buf, start + 6);
  const authorities = word(buf, start + 8);
  const additionals = word(buf, start + 10);
  if (answers + authorities + additionals > MAX_PLAUSIBLE_RECORDS) return false;
  const isPlainQuery = !message.isResponse && ((flags >> 11) & 15) === OPCODE_QUERY;
  return !isPlainQuery || (answers === 0 && authorities <= 1 && additionals <= 3);
}

function plausibleFlags(flags: number, length: number): boolean {
  const opcode = (flags >> 11) & 15;
  if (opcode !== OPCODE_QUERY && opcode !== OPCODE_NOTIFY && opcode !== OPCODE_UPDATE) return false;
  if ((flags & RESERVED) !== 0) return false;
  const isResponse = (flags & 0x8000) !== 0;
  return isResponse || ((flags & NOT_IN_QUERY & ~(opcode === OPCODE_QUERY ? 0 : 0x0400)) === 0 && length <= MAX_QUERY);
}
