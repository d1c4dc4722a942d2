/** Time ranges, steps of charts, and which roll-up answers. */
import type { SqlValue } from '../driver.js';
import type { TimeRange } from '../../server/api.js';

export interface Level { table: 'rollup_10s' | 'rollup_1m' | 'rollup_1h'; seconds: number }

/** From coarse to fine. */
export const LEVELS: readonly Level[] = [
  { table: 'rollup_1h', seconds: 3600 },
  { table: 'rollup_1m', seconds: 60 },
  { table: 'rollup_10s', seconds: 10 },
];
const STEPS = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800];

/** The finest step that roll-ups know; below it single rows answer. */
export const ROLLUP_STEP = 10;

/** Smallest step (seconds) that needs no more than so many columns. */
export function stepSeconds(range: TimeRange, columns: number, finest = ROLLUP_STEP): number {
  const wanted = Math.max(finest, (range.to - range.from) / 1000 / columns);
  return STEPS.find((step) => step >= wanted) ?? Math.ceil(wanted / 604800) * 604800;
}

/** The coarsest roll-up whose buckets make up the step. */
export function levelFor(step: number): Level {
  return LEVELS.find((level) => step % level.seconds === 0) ?? LEVELS[LEVELS.length - 1];
}

export interface Buckets {
  level: Level;
  step: number;
  from: number;
  to: number;
  starts: number[];
  /** Counted from here on: in the first step, what lies before the range stays out, as far as the roll-up can tell. */
  countedFrom: number;
}

/** The range in whole steps: first start <= from, last end >= to. Unix seconds. */
export function buckets(range: TimeRange, columns: number, finest = ROLLUP_STEP): Buckets {
  const step = stepSeconds(range, columns, finest);
  const from = Math.floor(range.from / 1000 / step) * step;
  const to = Math.max(from + step, Math.ceil(range.to / 1000 / step) * step);
  const starts: number[] = [];
  for (let t = from; t < to; t += step) starts.push(t);
  const level = levelFor(step);
  const countedFrom = Math.max(from, Math.floor(range.from / 1000 / level.seconds) * level.seconds);
  return { level, step, from, to, starts, countedFrom };
}

/** Seconds of the step that starts at `t` that the range covers: what its counts are divided by. */
export function coveredSeconds(b: Buckets, range: TimeRange, t: number): number {
  return Math.min(t + b.step, range.to / 1000) - Math.max(t, range.from / 1000);
}

/** A last step that has only begun says nothing yet; a second of it would be a rate of noise. */
const SHORTEST_SECONDS = 2;
export function settledStarts(b: Buckets, range: TimeRange): number[] {
  const last = b.starts[b.starts.length - 1];
  return b.starts.length > 1 && coveredSeconds(b, range, last) < SHORTEST_SECONDS ? b.starts.slice(0, -1) : b.starts;
}

/** Parameters `from` and `to` of a roll-up query. */
export const bucketParams = (b: Buckets): Record<string, SqlValue> => ({ from: b.countedFrom, to: b.to, step: b.step });
export const ROLLUP_RANGE = 'time >= toDateTime({from:UInt32}) AND time < toDateTime({to:UInt32})';
export const ROLLUP_BUCKET = 'intDiv(toUnixTimestamp(time), {step:UInt32}) * {step:UInt32} AS t';

/** Parameters `from` and `to` of a query on rows. */
export const rowParams = (range: TimeRange): Record<string, SqlValue> => ({ from: Math.floor(range.from), to: Math.ceil(range.to) });
export const ROW_RANGE = `start >= fromUnixTimestamp64Milli({from:Int64}) AND start < fromUnixTimestamp64Milli({to:Int64})`;
