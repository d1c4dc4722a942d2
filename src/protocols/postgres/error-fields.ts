/** The fields of an ErrorResponse (PostgreSQL manual, chapter 55.8). */
import { endOfString, textOf } from '../sql/text.js';

const SQLSTATE = 0x43; // C
const MESSAGE = 0x4d; // M
const MAX_ERROR_BYTES = 256;
const MAX_STATE_BYTES = 5;
/** SQLSTATE of an error whose own was not captured: internal error. */
const UNKNOWN_STATE = 'XX000';

export interface ServerError {
  status: string;
  text: string;
}

/** @param from first byte of the body */
export function readError(buf: Uint8Array, from: number, end: number): ServerError {
  const error = { status: UNKNOWN_STATE, text: '' };
  let at = from;
  while (at < end && buf[at] !== 0) {
    const stop = endOfString(buf, at + 1, end);
    if (buf[at] === SQLSTATE) error.status = textOf(buf, at + 1, stop, MAX_STATE_BYTES);
    else if (buf[at] === MESSAGE) error.text = textOf(buf, at + 1, stop, MAX_ERROR_BYTES);
    at = stop + 1;
  }
  return error;
}

/** The count at the end of a CommandComplete's tag (`INSERT 0 5`), or -1. */
export function rowsOfTag(buf: Uint8Array, from: number, end: number): number {
  let at = buf[end - 1] === 0 ? end - 2 : end - 1;
  let rows = 0;
  let scale = 1;
  while (at >= from && buf[at] >= 0x30 && buf[at] <= 0x39) {
    rows += (buf[at] - 0x30) * scale;
    scale *= 10;
    at--;
  }
  return scale > 1 && at >= from && buf[at] === 0x20 ? rows : -1;
}
