/** The trace id within the value of a propagation header. */
import { latin1 } from '../text.js';

const MAX_TRACE_ID = 128;
const DASH = 0x2d;
const HEX_32 = /^[0-9a-f]{32}$/;
const HEX = /^[0-9a-fA-F]{16,32}$/;

function upTo(buf: Uint8Array, from: number, to: number, separator: number): number {
  let p = from;
  while (p < to && buf[p] !== separator) p++;
  return p;
}

/** W3C: `version-traceid-parentid-flags`. */
export function fromTraceparent(buf: Uint8Array, from: number, to: number): string {
  const id = to - from >= 55 && buf[from + 2] === DASH && buf[from + 35] === DASH ? latin1(buf, from + 3, from + 35) : '';
  return HEX_32.test(id) && id !== '0'.repeat(32) ? id : '';
}

/** SkyWalking: `sample-base64(traceid)-...`. */
export function fromSw8(buf: Uint8Array, from: number, to: number): string {
  const start = upTo(buf, from, to, DASH) + 1;
  const end = upTo(buf, start, to, DASH);
  const id = start < end && end - start < 2 * MAX_TRACE_ID ? Buffer.from(latin1(buf, start, end), 'base64').toString('latin1') : '';
  return /^[\x21-\x7e]+$/.test(id) ? id : '';
}

/** B3: `x-b3-traceid: id` or `b3: id-span-...`; `b3: 0` only says that it is not sampled. */
export function fromB3(buf: Uint8Array, from: number, to: number): string {
  const id = latin1(buf, from, Math.min(upTo(buf, from, to, DASH), from + MAX_TRACE_ID));
  return HEX.test(id) ? id : '';
}

/** Jaeger: `id:span:parent:flags`, colons possibly written as %3A. */
export function fromUber(buf: Uint8Array, from: number, to: number): string {
  const end = Math.min(upTo(buf, from, to, 0x3a), upTo(buf, from, to, 0x25));
  return end < to ? latin1(buf, from, Math.min(end, from + MAX_TRACE_ID)) : '';
}

export function fromApm(buf: Uint8Array, from: number, to: number): string {
  return latin1(buf, from, Math.min(to, from + MAX_TRACE_ID));
}
