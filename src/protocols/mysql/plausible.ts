/** Is this a packet of MySQL? Strict enough to find boundaries in mid-stream and to tell the protocol from others. */
import type { Side } from '../protocol.js';
import { REQUEST } from '../protocol.js';
import { operationOf } from '../sql/operation.js';
import { endOfString, isText } from '../sql/text.js';
import * as packet from './packets.js';

const MAX_TEXT_LOOKED_AT = 256;
const MAX_CHAIN = 8;
/** Headers in a row, with consecutive numbers, that are no chance. */
const SURE_CHAIN = 3;
const MAX_GREETING_BYTES = 512;
const FIXED_HANDSHAKE_BYTES = 32;
const RESERVED_BYTES = 19;

/** Offset of the first byte at which packets of this side begin, or -1. */
export function findBoundary(side: Side, buf: Uint8Array, start: number, end: number): number {
  for (let at = start; end - at > packet.HEADER_BYTES; at++) {
    if (side === REQUEST ? isCommand(buf, at, end) || isHandshakeResponse(buf, at, end) : isAnswer(buf, at, end)) return at - start;
  }
  return -1;
}

/** A command, whole or long, with nothing but commands behind it. */
export function isCommand(buf: Uint8Array, at: number, end: number): boolean {
  for (let looked = 0; looked < MAX_CHAIN && end - at > packet.HEADER_BYTES; looked++) {
    const length = packet.payloadBytes(buf, at);
    if (buf[at + 3] !== 0 || length === 0 || !commandFits(buf, at + packet.HEADER_BYTES, length, end)) return false;
    at += packet.HEADER_BYTES + length;
    if (at === end) return true;
    if (at > end) return isStatement(buf, at - length, end);
  }
  return end - at > packet.HEADER_BYTES;
}

function isStatement(buf: Uint8Array, from: number, end: number): boolean {
  return packet.commands[buf[from]]?.argument === 'statement' && end - from > 8;
}

function commandFits(buf: Uint8Array, from: number, length: number, end: number): boolean {
  const command = packet.commands[buf[from]];
  if (command === undefined) return false;
  const to = Math.min(from + length, end);
  switch (command.argument) {
    case 'none': return length === 1;
    case 'statement': return statementFits(buf, from + 1, to);
    case 'name': return length <= 1024 && isText(buf, from + 1, endOfString(buf, from + 1, to));
    case 'id': return idFits(buf, from, length, to);
    default: return otherFits(buf, from, length, to);
  }
}

function statementFits(buf: Uint8Array, from: number, to: number): boolean {
  const text = buf[from] === 0 && buf[from + 1] === 1 ? from + 2 : from;
  if (!isText(buf, text, Math.min(to, text + MAX_TEXT_LOOKED_AT))) return false;
  const verb = operationOf(buf, text, to);
  return verb !== 'other' && verb !== 'empty';
}

function idFits(buf: Uint8Array, from: number, length: number, to: number): boolean {
  switch (buf[from]) {
    // Flags, then always one iteration.
    case packet.COM_STMT_EXECUTE: return length >= 10 && (to - from < 10 || (buf[from + 5] <= 0x0f && packet.uint32(buf, from + 6) === 1));
    case packet.COM_STMT_CLOSE: case packet.COM_STMT_RESET: return length === 5;
    case packet.COM_STMT_FETCH: return length === 9;
    case packet.COM_STMT_BULK_EXECUTE: return length >= 7 && (to - from < 7 || packet.uint16(buf, from + 5) <= 0x00c0);
    default: return length >= 7;
  }
}

function otherFits(buf: Uint8Array, from: number, length: number, to: number): boolean {
  switch (buf[from]) {
    case packet.COM_CHANGE_USER: {
      const user = endOfString(buf, from + 1, to);
      return length > 4 && length <= 1024 && user > from + 1 && user < to && isText(buf, from + 1, user) && user + 1 < to && buf[user + 1] <= 64;
    }
    case packet.COM_REFRESH: case packet.COM_SHUTDOWN: return length <= 2;
    case packet.COM_PROCESS_KILL: return length === 5;
    case packet.COM_SET_OPTION: return length === 3 && buf[from + 1] <= 1 && buf[from + 2] === 0;
    case packet.COM_BINLOG_DUMP: return length >= 11 && length < 1024;
    default: return length >= 18 && length < 1024;
  }
}

/** The greeting of protocol version 10. */
export function isGreeting(buf: Uint8Array, at: number, end: number): boolean {
  const length = packet.payloadBytes(buf, at);
  const from = at + packet.HEADER_BYTES;
  if (buf[at + 3] !== 0 || buf[from] !== packet.GREETING || length < 30 || length > MAX_GREETING_BYTES) return false;
  const version = endOfString(buf, from + 1, Math.min(end, from + 101));
  return version > from + 1 && buf[from + 1] >= 0x33 && buf[from + 1] <= 0x39 && isText(buf, from + 1, version)
    && (version === end || buf[version] === 0);
}

export function isHandshakeResponse(buf: Uint8Array, at: number, end: number): boolean {
  const length = packet.payloadBytes(buf, at);
  const from = at + packet.HEADER_BYTES;
  if (buf[at + 3] !== 1 || length < FIXED_HANDSHAKE_BYTES || length > 65_535 || end - from < FIXED_HANDSHAKE_BYTES) return false;
  if ((packet.uint32(buf, from) & packet.CLIENT_PROTOCOL_41) === 0) return false;
  for (let i = 0; i < RESERVED_BYTES; i++) if (buf[from + 9 + i] !== 0) return false;
  return true;
}

/** Packets of the server: consecutive numbers, and either several of them or one that is an answer by itself. */
export function isAnswer(buf: Uint8Array, at: number, end: number): boolean {
  if (isGreeting(buf, at, end)) return true;
  const first = at;
  let headers = 0;
  let sequence = buf[at + 3];
  while (headers < MAX_CHAIN && end - at >= packet.HEADER_BYTES) {
    if (buf[at + 3] !== sequence) return isNextAnswer(buf, first, at, end, headers);
    sequence = (sequence + 1) & 0xff;
    headers++;
    const length = packet.payloadBytes(buf, at);
    if (length === 0 && headers > 1) return false;
    at += packet.HEADER_BYTES + length;
  }
  if (headers >= SURE_CHAIN) return true;
  return at === end && (headers > 1 || isStatus(buf, first, end));
}

/** Pipelined answers: the next one begins at number 1. */
function isNextAnswer(buf: Uint8Array, first: number, at: number, end: number, headers: number): boolean {
  return buf[at + 3] === 1 && (headers >= SURE_CHAIN || isStatus(buf, first, at)) && packet.payloadBytes(buf, at) > 0 && at < end;
}

/** One whole packet that says OK, EOF or ERR. */
export function isStatus(buf: Uint8Array, at: number, end: number): boolean {
  const from = at + packet.HEADER_BYTES;
  const length = end - from;
  if (length !== packet.payloadBytes(buf, at) || length < packet.EOF_BYTES) return false;
  if (buf[from] === packet.ERR) return length >= 9 && buf[from + 3] === 0x23 && isText(buf, from + 4, end);
  if (buf[from] === packet.EOF && length === packet.EOF_BYTES) return true;
  if (buf[from] !== packet.OK && buf[from] !== packet.EOF) return false;
  let flags = from + 1;
  flags += packet.lenencSize(buf, flags);
  flags += packet.lenencSize(buf, flags);
  return flags + 4 <= end && length < 1024 && (packet.uint16(buf, flags) & 0x0003) !== 0 && (length === flags + 4 - from || length > 11);
}
