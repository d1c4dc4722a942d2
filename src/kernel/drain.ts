/** Merges the rings of all CPUs into one sequence in the order of time. */
import type { RingReader } from './ring.js';

/** Called once a record; the bytes are only valid during the call. */
export type RecordHandler = (bytes: Uint8Array, view: DataView, offset: number, size: number) => void;

/**
 * Hand over what has been written until now, oldest first, at most `limit` records.
 * Only records that no unseen one can precede: `now` (monotonic ns) must have been read before the call.
 * @returns how many; equal to `limit` when more wait
 */
export function drainInOrder(readers: readonly RingReader[], now: number, limit: number, handle: RecordHandler): number {
  for (const reader of readers) reader.refresh();
  let done = 0;
  while (done < limit) {
    let first: RingReader | undefined;
    let second = Infinity;
    let watermark = now;
    for (const reader of readers) {
      if (reader.barrier < watermark) watermark = reader.barrier;
      if (first === undefined || reader.ts < first.ts) {
        if (first !== undefined && first.ts < second) second = first.ts;
        first = reader;
      } else if (reader.ts < second) second = reader.ts;
    }
    if (first === undefined || first.ts > watermark) break;
    // A run from one ring without looking at the others again.
    do {
      handle(first.bytes, first.view, first.offset, first.size);
      first.advance();
      done++;
    } while (first.ts <= second && first.ts <= watermark && done < limit);
  }
  return done;
}
