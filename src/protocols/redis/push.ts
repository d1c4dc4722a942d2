/** Arrays and pushes of publish/subscribe: what their first word says. */
import { equals } from '../text.js';
import { findLineFeed, readLength } from './resp.js';

export const OTHER = 0;
/** Answers a SUBSCRIBE or UNSUBSCRIBE of any kind. */
export const CONFIRMATION = 1;
/** Of a channel: answers nothing. */
export const MESSAGE = 2;
export const NEEDS_MORE = 3;
export type PushKind = typeof OTHER | typeof CONFIRMATION | typeof MESSAGE | typeof NEEDS_MORE;

const BULK = 0x24;
const MAX_HEADER = 32;
const MESSAGES = ['message', 'pmessage', 'smessage'];
const CONFIRMATIONS = ['subscribe', 'psubscribe', 'ssubscribe', 'unsubscribe', 'punsubscribe', 'sunsubscribe'];
const LONGEST = 12;

export function pushKind(buf: Uint8Array, at: number, end: number): PushKind {
  const header = findLineFeed(buf, at, Math.min(end, at + MAX_HEADER));
  if (header < 0) return end - at < MAX_HEADER ? NEEDS_MORE : OTHER;
  if (header + 1 >= end) return readLength(buf, at + 1, header - 1) > 0 ? NEEDS_MORE : OTHER;
  if (buf[header + 1] !== BULK) return OTHER;
  const line = findLineFeed(buf, header + 1, Math.min(end, header + MAX_HEADER));
  if (line < 0) return end - header < MAX_HEADER ? NEEDS_MORE : OTHER;
  const length = readLength(buf, header + 2, line - 1);
  if (length <= 0 || length > LONGEST) return OTHER;
  const from = line + 1;
  if (from + length > end) return NEEDS_MORE;
  if (MESSAGES.some((word) => equals(buf, from, from + length, word))) return MESSAGE;
  return CONFIRMATIONS.some((word) => equals(buf, from, from + length, word)) ? CONFIRMATION : OTHER;
}
