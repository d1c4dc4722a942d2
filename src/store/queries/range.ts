/** Time ranges, steps of charts, and which roll-up answers. */
import type { SqlValue } from '../driver.js';
import type { TimeRange } from '../../server/api.js';

export interface Level { table: 'rollup_10s' | 'rollup_1m' | 'rollup_1h'; seconds: number }

const LEVELS: readonly Level[] = [
  { table: 'rollup_1h', seconds: 3600 },
  { table: 'rollup_1m', seconds: 60 },
  { table: 'rollup_10s', seconds: 10 },
];
const STEPS = [10, 20, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800];

/** Smallest step (seconds) that needs no more than so many columns. */
export function stepSeconds(range: TimeRange, columns: number): number {
  const wanted = (range.to - range.from) / 1000 / columns;
  return STEPS.find((step) => step >= wanted) ?? Math.ceil(wanted / 604800) * 604800;
}

/** The coarsest roll-up whose buckets make up the step. */
export function levelFor(step: number): Level {
  return LEVELS.find((level) => step % level.seconds === 0) ?? LEVELS[LEVELS.length - 1];
}

export interface Buckets { level: Level; step: number; from: number; to: number; starts: number[] }

/** The range in whole steps: first start <= from, last end >= to. Unix seconds. */
export function buckets(range: TimeRange, columns: number): Buckets {
  const step = stepSeconds(range, columns);
  const from = Math.floor(range.from / 1000 / step) * step;
  const to = Math.max(from + step, Math.ceil(range.to / 1000 / step) * step);
  const starts: number[] = [];
  for (let t = from; t < to; t += step) starts.push(t);
  return { level: levelFor(step), step, from, to, starts };
}

/** Parameters `from` and `to` of a roll-up query. */
export const bucketParams = (b: Buckets): Record<string, SqlValue> => ({ from: b.from, to: b.to, step: b.step });
export const ROLLUP_RANGE = 'time >= toDateTime({from:UInt32}) AND time < toDateTime({to:UInt32})';
export const ROLLUP_BUCKET = 'intDiv(toUnixTimestamp(time), {step:UInt32}) * {step:UInt32} AS t';

/** Parameters `from` and `to` of a query on rows. */
export const rowParams = (range: TimeRange): Record<string, SqlValue> => ({ from: Math.floor(range.from), to: Math.ceil(range.to) });
export const ROW_RANGE = `start >= fromUnixTimestamp64Milli({from:Int64}) AND start < fromUnixTimestamp64Milli({to:Int64})`;
