import type { ParserContext } from './protocol.js';
import { PAYLOAD_PREFIX } from './protocol.js';

/** A message's prefix goes on in a later chunk: the payload with `buf[from, to)` behind it, as far as the limit allows. */
export function appendPayload(context: ParserContext, payload: Uint8Array | null, buf: Uint8Array, from: number, to: number): Uint8Array | null {
  if (payload === null || payload.length >= PAYLOAD_PREFIX || from >= to) return payload;
  const more = context.copy(buf, from, Math.min(to, from + PAYLOAD_PREFIX - payload.length));
  const whole = new Uint8Array(payload.length + more.length);
  whole.set(payload);
  whole.set(more, payload.length);
  return whole;
}
