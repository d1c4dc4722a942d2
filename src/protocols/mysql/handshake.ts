/** What is read of the greeting and of the client's answer to it. Scrambles and proofs are stepped over. */
import { endOfString, textOf } from '../sql/text.js';
import {
  CLIENT_AUTH_LENENC, CLIENT_COMPRESS, CLIENT_CONNECT_WITH_DB, CLIENT_DEPRECATE_EOF, CLIENT_QUERY_ATTRIBUTES, CLIENT_SECURE_CONNECTION,
  CLIENT_SSL, CLIENT_ZSTD, lenenc, lenencSize, uint16, uint32,
} from './packets.js';
import type { Session } from './session.js';

const MAX_NAME_BYTES = 128;
/** Capabilities, largest packet, character set, reserved. */
const FIXED_BYTES = 32;

/** @param from the greeting's payload */
export function readGreeting(buf: Uint8Array, from: number, end: number): number {
  // Version, thread id, first part of the scramble, filler; then the capabilities' halves around character set and status.
  const at = endOfString(buf, from + 1, end) + 1 + 4 + 8 + 1;
  if (at + 2 > end) return 0;
  return at + 7 <= end ? uint16(buf, at) | (uint16(buf, at + 5) << 16) : uint16(buf, at);
}

/** @returns false when TLS begins behind this packet */
export function readHandshakeResponse(session: Session, buf: Uint8Array, from: number, end: number): boolean {
  if (end - from < 4) return true;
  const capabilities = uint32(buf, from);
  const agreed = capabilities & session.serverCapabilities;
  if (end - from === FIXED_BYTES && (capabilities & CLIENT_SSL) !== 0) return false;
  session.compressed = (agreed & (CLIENT_COMPRESS | CLIENT_ZSTD)) !== 0;
  if (session.serverCapabilities !== 0) {
    session.deprecateEof = (agreed & CLIENT_DEPRECATE_EOF) !== 0;
    session.queryAttributes = (agreed & CLIENT_QUERY_ATTRIBUTES) !== 0;
  }
  const user = from + FIXED_BYTES;
  if (user >= end) return true;
  const userEnd = endOfString(buf, user, end);
  session.pending.user = textOf(buf, user, userEnd, MAX_NAME_BYTES);
  if ((capabilities & CLIENT_CONNECT_WITH_DB) === 0) return true;
  const database = skipProof(capabilities, buf, userEnd + 1, end);
  if (database < end) session.pending.database = textOf(buf, database, endOfString(buf, database, end), MAX_NAME_BYTES);
  return true;
}

function skipProof(capabilities: number, buf: Uint8Array, at: number, end: number): number {
  if ((capabilities & CLIENT_AUTH_LENENC) !== 0) return at + lenencSize(buf, at) + lenenc(buf, at);
  if ((capabilities & CLIENT_SECURE_CONNECTION) !== 0) return at + 1 + buf[at];
  return endOfString(buf, at, end) + 1;
}
