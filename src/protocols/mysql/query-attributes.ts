/** COM_QUERY of a client that may send attributes with the query (MySQL 8.0.25 and later). */
import { lenenc, lenencSize, uint16 } from './packets.js';

/** More of them are not stepped over. */
const MAX_ATTRIBUTES = 64;

/** Sizes of binary values by type; what is missing has a length of its own. */
const FIXED_SIZES: Readonly<Record<number, number>> = { 1: 1, 2: 2, 3: 4, 4: 4, 5: 8, 6: 0, 8: 8, 9: 4, 13: 2 };

/** @returns offset of the statement; `from` where no attributes are sent */
export function queryText(negotiated: boolean, buf: Uint8Array, from: number, stop: number): number {
  // No statement begins with these bytes: joined in mid-stream, they tell that attributes were negotiated.
  if (!negotiated && !(buf[from] === 0 && buf[from + 1] === 1)) return from;
  const count = lenenc(buf, from);
  let at = from + lenencSize(buf, from);
  at += lenencSize(buf, at);
  if (count === 0) return Math.min(at, stop);
  if (count > MAX_ATTRIBUTES) return stop;
  return Math.min(skipValues(buf, at, stop, count), stop);
}

function skipValues(buf: Uint8Array, from: number, stop: number, count: number): number {
  const nulls = from;
  let at = from + ((count + 7) >> 3);
  if (buf[at++] !== 1) return at;
  const types: number[] = [];
  for (let i = 0; i < count && at < stop; i++) {
    types.push(uint16(buf, at) & 0xff);
    at += 2;
    at += lenencSize(buf, at) + lenenc(buf, at);
  }
  for (let i = 0; i < types.length && at < stop; i++) {
    if ((buf[nulls + (i >> 3)] & (1 << (i & 7))) !== 0) continue;
    at += FIXED_SIZES[types[i]] ?? lenencSize(buf, at) + lenenc(buf, at);
  }
  return at;
}
