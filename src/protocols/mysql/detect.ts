/** MySQL (or MariaDB) or not, from the first bytes of one direction. */
import type { Detection } from '../protocol.js';
import { CLIENT_SENT, MAYBE, NO, SERVER_SENT } from '../protocol.js';
import * as packet from './packets.js';
import { isCommand, isGreeting, isHandshakeResponse, isStatus } from './plausible.js';

const MAX_FIRST_PAYLOAD = 65_536;
const SEEN_ENOUGH = 64;
const PREPARE_OK_BYTES = 12;
const MAX_COUNT_BYTES = 3;

export function detect(buf: Uint8Array, start: number, end: number): Detection {
  const seen = end - start;
  if (seen <= packet.HEADER_BYTES) return seen < 4 || buf[start + 3] <= 1 ? MAYBE : NO;
  const sequence = buf[start + 3];
  if (sequence > 1) return NO;
  const length = packet.payloadBytes(buf, start);
  if (length === 0) return NO;
  if (sequence === 0 ? isGreeting(buf, start, end) || isRefusal(buf, start, end) : isFirstAnswer(buf, start, end)) return SERVER_SENT;
  if (sequence === 1) {
    if (isHandshakeResponse(buf, start, end)) return CLIENT_SENT;
    return seen < packet.HEADER_BYTES + Math.min(length, SEEN_ENOUGH) && length < MAX_FIRST_PAYLOAD ? MAYBE : NO;
  }
  // One byte alone, such as a ping's, is too little to be sure of.
  if (isCommand(buf, start, end)) return length === 1 && seen === packet.HEADER_BYTES + 1 ? MAYBE : CLIENT_SENT;
  return seen < packet.HEADER_BYTES + Math.min(length, SEEN_ENOUGH) && packet.commands[buf[start + packet.HEADER_BYTES]] !== undefined ? MAYBE : NO;
}

/** An error in place of the greeting: its code is one of the server's, its text for people. */
function isRefusal(buf: Uint8Array, start: number, end: number): boolean {
  const from = start + packet.HEADER_BYTES;
  return end - from === packet.payloadBytes(buf, start) && end - from > 9 && buf[from] === packet.ERR
    && packet.uint16(buf, from + 1) >= 1000 && packet.uint16(buf, from + 1) < 5000 && buf[from + 3] >= 0x20;
}

/** OK or ERR alone, a prepared statement, or a count of columns and the first definition. */
function isFirstAnswer(buf: Uint8Array, start: number, end: number): boolean {
  const length = packet.payloadBytes(buf, start);
  const from = start + packet.HEADER_BYTES;
  const next = from + length;
  if (next === end && isStatus(buf, start, end)) return buf[from] !== packet.EOF;
  if (length === PREPARE_OK_BYTES && next < end && buf[from] === packet.OK && buf[from + 9] === 0) return isDefinition(buf, next, end);
  return length <= MAX_COUNT_BYTES && isDefinition(buf, next, end);
}

/** The answer's second packet, and a definition: its catalog is always `def`. */
function isDefinition(buf: Uint8Array, at: number, end: number): boolean {
  const catalog = at + packet.HEADER_BYTES;
  return catalog + 4 <= end && buf[at + 3] === 2 && buf[catalog] === 3 && buf[catalog + 1] === 0x64 && buf[catalog + 2] === 0x65
    && buf[catalog + 3] === 0x66;
}
