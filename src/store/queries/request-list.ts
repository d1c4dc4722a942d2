/** GET /api/requests: rows of single requests, newest first or sorted, page by page. */
import type { RequestList, RequestSummary, TimeRange } from '../../server/api.js';
import { REQUEST_COLUMNS, sqlType } from '../columns.js';
import { StoreError } from '../errors.js';
import type { SqlValue } from '../driver.js';
import type { Filter } from '../filter/filter.js';
import { filterToSql } from '../filter/to-sql.js';
import { SUMMARY_SELECT, decodeSummary, type SqlRow } from '../row-decoder.js';
import { onlyAbnormal, type QueryContext } from './context.js';
import { decodeCursor, encodeCursor, type Cursor } from './cursor.js';
import { ROLLUP_RANGE, ROW_RANGE, bucketParams, buckets, rowParams } from './range.js';

export interface ListOptions {
  /** `-start` (default), `duration`, `-duration` ...: a word of the filter language, `-` for descending. */
  sort?: string;
  limit?: number;
  cursor?: string | null;
}

const MAX_LIMIT = 1000;
const DEFAULT_LIMIT = 100;

interface Order { name: string; sql: string; type: string; descending: boolean; field: keyof RequestSummary }

export async function requestList(context: QueryContext, range: TimeRange, filter: Filter, options: ListOptions = {}): Promise<RequestList> {
  const order = orderOf(options.sort ?? '-start');
  const limit = Math.min(MAX_LIMIT, Math.max(1, Math.floor(options.limit ?? DEFAULT_LIMIT)));
  const cursor = options.cursor ? decodeCursor(options.cursor, options.sort ?? '-start') : null;
  const [rows, counts] = await Promise.all([page(context, range, filter, order, limit, cursor), cursor === null ? matchedCounts(context, range, filter) : null]);
  const shown = rows.slice(0, limit);
  const last = shown[shown.length - 1];
  const sampled = counts !== null && counts.kept < counts.of ? counts : null;
  return {
    range, rows: shown, matched: counts?.of ?? null, sampled,
    nextCursor: rows.length > limit ? encodeCursor({ sort: options.sort ?? '-start', value: cursorValue(last, order), startNs: last.start, id: last.id }) : null,
    notes: sampled === null ? [] : [`Normal requests were sampled: ${sampled.kept} of ${sampled.of} matching requests have a row. Slow and failed ones all have one.`],
  };
}

function orderOf(sort: string): Order {
  const descending = sort.startsWith('-');
  const name = descending ? sort.slice(1) : sort;
  const column = REQUEST_COLUMNS.find((c) => c.word === name || c.name === name);
  if (column === undefined || column.type === 'Json' || column.type === 'Bytes') {
    throw new StoreError('store_bad_filter', `The list cannot be sorted by ${name}.`, 'Sort by start, duration or another field, with - in front for descending.');
  }
  const nullable = column.type === 'Nullable(UInt64)';
  const enumerated = column.type === 'Role' || column.type === 'ErrorKind';
  return {
    name, descending, field: column.name as keyof RequestSummary,
    sql: nullable ? `ifNull(${column.sql}, 0)` : enumerated ? `toString(${column.sql})` : column.sql,
    type: nullable ? 'UInt64' : enumerated || column.type === 'LowCardinality(String)' ? 'String' : sqlType(column.type),
  };
}

const cursorValue = (row: RequestSummary, order: Order): string | number => {
  const value = row[order.field];
  if (order.field === 'id') return BigInt(`0x${row.id}`).toString();
  return typeof value === 'number' || typeof value === 'string' ? value : Number(value ?? 0);
};

/** One row more than asked for tells whether there is a next page. */
async function page(context: QueryContext, range: TimeRange, filter: Filter, order: Order, limit: number, cursor: Cursor | null): Promise<RequestSummary[]> {
  const where = filterToSql(filter, 'requests');
  const params: Record<string, SqlValue> = { ...rowParams(range), ...where.params, limit: limit + 1 };
  const conditions = [ROW_RANGE, where.sql, ...traceCondition(context, filter, params)];
  const direction = order.descending ? 'DESC' : 'ASC';
  if (cursor !== null) conditions.push(afterCursor(order, cursor, params));
  const byTime = order.name === 'start';
  // The table is sorted by start: this order is read as it lies and stops after `limit` rows.
  const orderBy = byTime ? `start ${direction}, id ${direction}` : `${order.sql} ${direction}, start DESC, id DESC`;
  const table = onlyAbnormal(filter) ? 'requests_abnormal' : 'requests';
  const rows = await context.driver.query<SqlRow>(
    `SELECT ${SUMMARY_SELECT} FROM ${context.database}.${table} WHERE ${conditions.join(' AND ')} ORDER BY ${orderBy} LIMIT {limit:UInt32}`, { params });
  return rows.map(decodeSummary);
}

function afterCursor(order: Order, cursor: Cursor, params: Record<string, SqlValue>): string {
  params.cursorStart = cursor.startNs;
  params.cursorId = BigInt(`0x${cursor.id}`);
  const start = 'fromUnixTimestamp64Nano({cursorStart:Int64})';
  const beyond = order.descending ? '<' : '>';
  if (order.name === 'start') return `start ${beyond}= ${start} AND (start ${beyond} ${start} OR id ${beyond} {cursorId:UInt64})`;
  params.cursorValue = cursor.value;
  const value = `{cursorValue:${order.type}}`;
  return `(${order.sql} ${beyond} ${value} OR (${order.sql} = ${value} AND (start, id) < (${start}, {cursorId:UInt64})))`;
}

/** A trace id is looked up in the side table; its starts then cut the rows by the primary key. */
function traceCondition(context: QueryContext, filter: Filter, params: Record<string, SqlValue>): string[] {
  const traces = filter.conditions.flatMap((c) => (c.type === 'text' && !c.negate && c.column.sql === 'trace_id' && c.patterns.length === 0 ? [c.exact] : []));
  if (traces.length === 0 || traces[0].includes('')) return [];
  params.traceIds = traces[0];
  return [`start IN (SELECT start FROM ${context.database}.request_traces WHERE trace_id IN {traceIds:Array(String)})`];
}

async function matchedCounts(context: QueryContext, range: TimeRange, filter: Filter): Promise<{ kept: number; of: number } | null> {
  const where = filterToSql(filter, 'rollup');
  if (where.ignored.length > 0) return null;
  const b = buckets(range, 360);
  const [row] = await context.driver.query<{ c: string; kept: string }>(
    `SELECT sum(count) AS c, sum(kept) AS kept FROM ${context.database}.${b.level.table} WHERE ${ROLLUP_RANGE} AND ${where.sql}`, { params: { ...bucketParams(b), ...where.params } });
  return { kept: Number(row.kept), of: Number(row.c) };
}
