/** OK, EOF and ERR packets. */
import { textOf } from '../sql/text.js';
import { EOF_BYTES, lenenc, lenencSize, uint16 } from './packets.js';

const MAX_ERROR_BYTES = 256;
/** `#` and the SQL state. */
const STATE_BYTES = 6;

/** Status flags of an OK or EOF packet whose payload is `buf[from, end)`, or 0 where they were not captured. */
export function statusFlags(buf: Uint8Array, from: number, end: number): number {
  if (end - from === EOF_BYTES) return uint16(buf, from + 3);
  let at = from + 1;
  at += lenencSize(buf, at);
  at += lenencSize(buf, at);
  return at + 2 <= end ? uint16(buf, at) : 0;
}

export function affectedRows(buf: Uint8Array, from: number): number {
  return lenenc(buf, from + 1);
}

export function errorCode(buf: Uint8Array, from: number, end: number): number {
  return end - from >= 3 ? uint16(buf, from + 1) : 0;
}

export function errorText(buf: Uint8Array, from: number, end: number): string {
  const text = from + 3 + (buf[from + 3] === 0x23 ? STATE_BYTES : 0);
  return textOf(buf, Math.min(text, end), end, MAX_ERROR_BYTES);
}
