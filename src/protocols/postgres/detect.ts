/** PostgreSQL or not, from the first bytes of one direction. */
import type { Detection, Side } from '../protocol.js';
import { CLIENT_SENT, MAYBE, NO, REQUEST, RESPONSE, SERVER_SENT } from '../protocol.js';
import { COPY_DATA, COPY_DONE, HEADER_BYTES, PARSE, QUERY, isStartup, messageBytes } from './messages.js';
import { chainLength } from './plausible.js';
import { operationOf } from '../sql/operation.js';
import { endOfString } from '../sql/text.js';

const CLIENT_TYPES = typeSet('BCDEFHPQSXcdfp');
const SERVER_TYPES = typeSet('123ACDEGHIKNRSTVWZcdnstv');

function typeSet(types: string): Uint8Array {
  const set = new Uint8Array(256);
  for (const type of types) set[type.charCodeAt(0)] = 1;
  return set;
}

export function detect(buf: Uint8Array, start: number, end: number): Detection {
  if (buf[start] === 0 && start < end) return detectStartup(buf, start, end);
  if (end - start < HEADER_BYTES) {
    const possible = start === end || ((CLIENT_TYPES[buf[start]] | SERVER_TYPES[buf[start]]) === 1 && (end - start < 2 || buf[start + 1] <= 0x1f));
    return possible ? MAYBE : NO;
  }
  if (messageBytes(buf, start) === 0) return NO;
  const client = certainty(REQUEST, buf, start, end);
  const server = certainty(RESPONSE, buf, start, end);
  // Copy data looks the same from both ends.
  if (buf[start] === COPY_DATA || buf[start] === COPY_DONE) return client >= 0 || server >= 0 ? MAYBE : NO;
  if (client > 0 && server <= 0) return CLIENT_SENT;
  if (server > 0 && client <= 0) return SERVER_SENT;
  return client >= 0 || server >= 0 ? MAYBE : NO;
}

function detectStartup(buf: Uint8Array, start: number, end: number): Detection {
  if (end - start < 8) return end - start < 3 || buf[start + 1] === 0 ? MAYBE : NO;
  return isStartup(buf, start) ? CLIENT_SENT : NO;
}

/** 1: this side sent it; 0: it may have; -1: not. A statement too long to be seen whole is known by its verb. */
function certainty(side: Side, buf: Uint8Array, start: number, end: number): number {
  const whole = chainLength(side, buf, start, end);
  if (whole !== 0) return Math.sign(whole);
  if (side === REQUEST && buf[start] === QUERY) return isVerb(buf, start + HEADER_BYTES, end);
  if (side === REQUEST && buf[start] === PARSE) return isVerb(buf, endOfString(buf, start + HEADER_BYTES, end) + 1, end);
  return 0;
}

function isVerb(buf: Uint8Array, from: number, end: number): number {
  const verb = operationOf(buf, from, end);
  return verb === 'other' || verb === 'empty' ? 0 : 1;
}
