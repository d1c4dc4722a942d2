import type { Nanoseconds } from '../events/observation.js';

const EMPTY = new Uint8Array(0);

/**
 * A call's bytes: `length` captured at `buffer[offset]` of `bytes` in all, the first at stream position `position`. A
 * class, with numbers that are no small integers from the beginning: every byte that comes passes through objects of this one
 * shape, and code that has met several is compiled into look-ups.
 */
export class Chunk {
  ns: Nanoseconds = NaN;
  /** How long its first byte had lain in the socket; UNKNOWN_NS. */
  unreadNs: Nanoseconds = NaN;
  tid = 0;
  position = NaN;
  bytes = 0;
  buffer: Uint8Array = EMPTY;
  offset = 0;
  length = 0;
}

export function changed(chunk: Chunk, changes: Partial<Chunk>): Chunk {
  return Object.assign(new Chunk(), chunk, changes);
}
