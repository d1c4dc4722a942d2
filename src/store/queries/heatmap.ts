/** GET /api/heatmap: counts by time and duration, from roll-ups; from rows only when the filter asks what roll-ups do not know. */
import { DURATION_BOUNDS_NS, DURATION_BUCKETS } from '../../requests/duration-buckets.js';
import type { Heatmap, TimeRange } from '../../server/api.js';
import type { Condition, Filter } from '../filter/filter.js';
import { filterToSql } from '../filter/to-sql.js';
import { onlyAbnormal, type QueryContext } from './context.js';
import { HISTOGRAM_JOIN } from './histograms.js';
import { ROLLUP_BUCKET, ROLLUP_RANGE, ROLLUP_STEP, ROW_RANGE, bucketParams, buckets, rowParams, type Buckets } from './range.js';

/** `most`: the largest weight of the rows counted, absent for roll-ups. */
export interface Cell { t: number; bucket: number; failed: boolean | number; c: string; most?: number }

const LOWER_EDGES = [0, ...DURATION_BOUNDS_NS];
const DEFAULT_COLUMNS = 120;
const MAX_COLUMNS = 400;
/** So short a range is drawn in steps finer than roll-ups have: its rows are few enough to be counted. */
const FINE_RANGE_MS = 180_000;

export async function heatmap(context: QueryContext, range: TimeRange, filter: Filter, columns = DEFAULT_COLUMNS): Promise<Heatmap> {
  const most = Math.min(MAX_COLUMNS, Math.max(10, columns));
  const b = buckets(range, most, range.to - range.from <= FINE_RANGE_MS ? 1 : ROLLUP_STEP);
  const { onDuration, others } = splitDuration(filter);
  const fromRollups = b.step >= ROLLUP_STEP && filterToSql(others, 'rollup').ignored.length === 0;
  const cells = fromRollups ? await rollupCells(context, b, others) : await rowCells(context, b, filter);
  // Rows that each stand for one request are as exact as roll-ups.
  const notes = cells.some((cell) => (cell.most ?? 1) > 1) ? ['The heat map is made from the stored rows of single requests, each with its weight: steps this fine, or this filter, are more than roll-ups know.'] : [];
  if (fromRollups && onDuration.length > 0) notes.push('The filter on duration is applied by whole steps of the duration axis.');
  return heatmapOf(range, b, cells, fromRollups ? onDuration : [], notes);
}

/** Duration is the map's own axis: that part of the filter cuts cells. */
export function splitDuration(filter: Filter): { onDuration: Condition[]; others: Filter } {
  const onDuration = filter.conditions.filter((c) => c.type === 'number' && c.column.sql === 'duration_ns');
  return { onDuration, others: { conditions: filter.conditions.filter((c) => !onDuration.includes(c)) } };
}

async function rollupCells(context: QueryContext, b: Buckets, filter: Filter): Promise<Cell[]> {
  const where = filterToSql(filter, 'rollup');
  return context.driver.query<Cell>(
    `SELECT ${ROLLUP_BUCKET}, bucket, error != 'none' AS failed, sum(bucket_count) AS c FROM ${context.database}.${b.level.table} ${HISTOGRAM_JOIN}
     WHERE ${ROLLUP_RANGE} AND ${where.sql} GROUP BY t, bucket, failed`, { params: { ...bucketParams(b), ...where.params } });
}

async function rowCells(context: QueryContext, b: Buckets, filter: Filter): Promise<Cell[]> {
  const where = filterToSql(filter, 'requests');
  const table = onlyAbnormal(filter) ? 'requests_abnormal' : 'requests';
  return context.driver.query<Cell>(
    // A bucket holds its upper bound and not its lower: hence one nanosecond less before rounding down to an edge.
    `SELECT intDiv(toUnixTimestamp(start), {step:UInt32}) * {step:UInt32} AS t, roundDown(toUInt64(greatest(duration_ns, 1) - 1), {edges:Array(UInt64)}) AS edge,
     indexOf({edges:Array(UInt64)}, edge) - 1 AS bucket, error != 'none' AS failed, round(sum(weight)) AS c, max(weight) AS most
     FROM ${context.database}.${table} WHERE ${ROW_RANGE} AND ${where.sql} GROUP BY t, edge, failed`,
    { params: { ...rowParams({ from: b.from * 1000, to: b.to * 1000 }), step: b.step, edges: LOWER_EDGES, ...where.params } });
}

export function heatmapOf(range: TimeRange, b: Buckets, rows: Cell[], onDuration: Condition[], notes: string[]): Heatmap {
  const grid = (): number[][] => b.starts.map(() => new Array<number>(DURATION_BUCKETS).fill(0));
  const cells = grid();
  const errors = grid();
  const wanted = LOWER_EDGES.map((_, bucket) => onDuration.every((c) => overlaps(c, bucket)));
  for (const row of rows) {
    const column = (Number(row.t) - b.from) / b.step;
    if (cells[column] === undefined || !wanted[row.bucket]) continue;
    cells[column][row.bucket] += Number(row.c);
    if (row.failed) errors[column][row.bucket] += Number(row.c);
  }
  return { range, times: b.starts.map((t) => t * 1000), stepMs: b.step * 1000, bounds: LOWER_EDGES, cells, errors, notes };
}

function overlaps(condition: Condition, bucket: number): boolean {
  if (condition.type !== 'number') return true;
  const lower = LOWER_EDGES[bucket];
  const upper = DURATION_BOUNDS_NS[bucket] ?? Infinity;
  const inside = condition.ranges.some((r) => r.max > lower && r.min <= upper && !(r.minOpen && r.min === upper));
  return condition.negate ? !inside : inside;
}
