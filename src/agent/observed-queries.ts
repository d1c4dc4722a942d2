/**
 * Asked for the last quarter of an hour half a minute after the start, the answer is about that half minute: ranges are cut
 * to where data begin and to the present, so that rates are over what was observed and axes hold no empty past.
 */
import type { TimeRange } from '../server/api.js';
import type { Queries } from '../server/queries.js';

/** Roll-ups begin at whole tens of seconds: a range that does too counts what it divides by. */
const STEP_MS = 10_000;
/**
 * @param dataSince where observation begins within a range, Unix ms; the range's own start when it began before
 * @param countedUntil Unix ms; counts of what came later are still on their way
 */
export function withObservedRange(queries: Queries, dataSince: (range: TimeRange) => Promise<number>, countedUntil: () => number): Queries {
  const observed = async (range: TimeRange): Promise<TimeRange> => observedRange(range, await dataSince(range), countedUntil());
  return {
    ...queries,
    overview: async (range, filter) => queries.overview(await observed(range), filter),
    heatmap: async (range, filter, columns) => queries.heatmap(await observed(range), filter, columns),
    service: async (name, range) => queries.service(name, await observed(range)),
  };
}

export function observedRange(range: TimeRange, sinceMs: number, untilMs: number): TimeRange {
  const to = Math.min(range.to, untilMs);
  const from = sinceMs > range.from ? Math.floor(sinceMs) : Math.floor(range.from / STEP_MS) * STEP_MS;
  // Nothing of it was observed: it stays what was asked for, and empty.
  return to - from >= 1_000 ? { from, to } : range;
}

/**
 * @param startedMs when capturing began; null while it has not
 * @param oldestMs what earlier runs left: the oldest stored in a range
 */
export function dataSince(startedMs: () => number | null, oldestMs: (range: TimeRange) => Promise<number | null>, now: () => number) {
  return async (range: TimeRange): Promise<number> => {
    const started = startedMs() ?? now();
    if (started <= range.from) return range.from;
    const oldest = await oldestMs({ from: range.from, to: Math.min(range.to, started) });
    return Math.max(range.from, Math.min(started, oldest ?? started));
  };
}
