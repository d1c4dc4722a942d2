/** GET /api/requests: rows of single requests, newest first or sorted, page by page. */
import type { RequestList, RequestSummary, TimeRange } from '../../server/api.js';
import type { SqlValue } from '../driver.js';
import type { Filter } from '../filter/filter.js';
import { filterToSql } from '../filter/to-sql.js';
import { SUMMARY_SELECT, decodeSummary, type SqlRow } from '../row-decoder.js';
import { onlyAbnormal, type QueryContext } from './context.js';
import { decodeCursor, encodeCursor, type Cursor } from './cursor.js';
import { afterCursor, cursorAfter, orderOf, type Order } from './list-order.js';
import { ROLLUP_RANGE, ROW_RANGE, bucketParams, buckets, rowParams } from './range.js';

export interface ListOptions {
  /** `-start` (default), `duration`, `-duration` ...: a word of the filter language, `-` for descending. */
  sort?: string;
  limit?: number;
  cursor?: string | null;
  /**
   * In order of time the search stops after about this long, with what it found and a cursor to go on from: an answer
   * takes no longer the more is stored. Infinity for exports.
   */
  budgetMs?: number;
}

const MAX_LIMIT = 1000;
const DEFAULT_LIMIT = 100;
const DEFAULT_BUDGET_MS = 80;
const FIRST_SPAN_MS = 5_000;
const SPAN_GROWTH = 5;

interface Search {
  context: QueryContext;
  range: TimeRange;
  filter: Filter;
  order: Order;
  limit: number;
  cursor: Cursor | null;
}
interface Found { rows: RequestSummary[]; next: Cursor | null; notes: string[] }

export async function requestList(context: QueryContext, range: TimeRange, filter: Filter, options: ListOptions = {}): Promise<RequestList> {
  const order = orderOf(options.sort ?? '-start');
  const limit = Math.min(MAX_LIMIT, Math.max(1, Math.floor(options.limit ?? DEFAULT_LIMIT)));
  const cursor = options.cursor ? decodeCursor(options.cursor, order.sort) : null;
  const search = { context, range, filter, order, limit, cursor };
  const [found, counts] = await Promise.all([
    order.byTime ? listByTime(search, options.budgetMs ?? DEFAULT_BUDGET_MS) : listSorted(search),
    cursor === null ? matchedCounts(context, range, filter) : null,
  ]);
  const sampled = counts !== null && counts.kept < counts.of ? counts : null;
  if (sampled !== null) found.notes.push(`Normal requests were sampled: ${sampled.kept} of ${sampled.of} matching requests have a row. Slow and failed ones all have one.`);
  return { range, rows: found.rows, matched: counts?.of ?? null, sampled, nextCursor: found.next === null ? null : encodeCursor(found.next), notes: found.notes };
}

/**
 * The table is sorted by start, but the engine opens every part of the range before it gives the first row. So it is
 * asked for a few seconds first, then for ever longer spans, until the page is full or the time is up.
 */
async function listByTime(search: Search, budgetMs: number): Promise<Found> {
  const { order, limit, range } = search;
  const started = performance.now();
  const rows: RequestSummary[] = [];
  const begin = search.cursor === null ? (order.descending ? range.to : range.from) : Number(BigInt(search.cursor.startNs) / 1_000_000n) + (order.descending ? 1 : 0);
  let edge = order.descending ? Math.min(range.to, begin) : Math.max(range.from, begin);
  let spanMs = firstSpanMs(search);
  while (order.descending ? edge > range.from : edge < range.to) {
    const next = order.descending ? Math.max(range.from, edge - spanMs) : Math.min(range.to, edge + spanMs);
    const span = order.descending ? { from: next, to: edge } : { from: edge, to: next };
    const asked = performance.now();
    rows.push(...await page(search, span, limit + 1 - rows.length));
    if (rows.length > limit) return { rows: rows.slice(0, limit), next: cursorAfter(rows[limit - 1], order), notes: [] };
    edge = next;
    const left = budgetMs - (performance.now() - started);
    if (left <= 0) return { rows, ...goOn(edge, order, range) };
    // As much longer as the time left allows, by what this span took.
    spanMs *= Math.min(SPAN_GROWTH, Math.max(1, left / Math.max(1, performance.now() - asked)));
  }
  return { rows, next: null, notes: [] };
}

/** Where an index finds the rows, or few are stored, short spans would only be more questions. */
function firstSpanMs({ filter, range }: Search): number {
  const indexed = filter.conditions.some((c) => !c.negate && c.type === 'text' && (c.column.sql === 'trace_id' || c.column.sql === 'id') && c.exact.length > 0);
  if (indexed) return range.to - range.from;
  return onlyAbnormal(filter) ? 60 * FIRST_SPAN_MS : FIRST_SPAN_MS;
}

/** Stopped at `edge` (ms): everything on this side of it was searched. */
function goOn(edge: number, order: Order, range: TimeRange): Pick<Found, 'next' | 'notes'> {
  if (order.descending ? edge <= range.from : edge >= range.to) return { next: null, notes: [] };
  const edgeNs = BigInt(Math.floor(edge)) * 1_000_000n;
  const startNs = String(order.descending ? edgeNs : edgeNs - 1n);
  return {
    next: { sort: order.sort, value: startNs, startNs, id: order.descending ? '0'.repeat(16) : 'f'.repeat(16) },
    notes: [`Searched ${order.descending ? 'back' : 'on'} to ${new Date(edge).toISOString().slice(0, 19)}Z; the next page goes on from there.`],
  };
}

async function page(search: Search, span: TimeRange, limit: number, table = tableOf(search)): Promise<RequestSummary[]> {
  const { sql, params } = conditions(search, span, search.cursor);
  const rows = await search.context.driver.query<SqlRow>(
    `SELECT ${SUMMARY_SELECT} FROM ${table} WHERE ${sql} ORDER BY ${search.order.orderBy} LIMIT {limit:UInt32}`, { params: { ...params, limit } });
  return rows.map(decodeSummary);
}

async function listSorted(search: Search): Promise<Found> {
  const { order, limit } = search;
  const rows = onlyAbnormal(search.filter) ? await page(search, search.range, limit + 1) : await longestFirst(search) ?? await pageByKeys(search, limit + 1);
  const found = rows.slice(0, limit);
  return { rows: found, next: rows.length > limit ? cursorAfter(found[limit - 1], order) : null, notes: [] };
}

/**
 * The longest requests are nearly all slow ones, which have a small table of their own: from there a full page, and from
 * all others only what is longer than its last row. Null: there are too few to tell, or another order is asked for.
 */
async function longestFirst(search: Search): Promise<RequestSummary[] | null> {
  const { order, limit, context } = search;
  if (order.sql !== 'duration_ns' || !order.descending) return null;
  const abnormal = await page(search, search.range, limit + 1, `${context.database}.requests_abnormal`);
  if (abnormal.length <= limit) return null;
  const normal = await pageByKeys(search, limit + 1, `PREWHERE duration_ns >= ${abnormal[limit].durationNs} AND NOT slow AND error = 'none'`);
  return [...abnormal, ...normal].sort((a, z) => z.durationNs - a.durationNs || compare(z.start, a.start) || compare(z.id, a.id)).slice(0, limit + 1);
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** First the keys of the page from the few columns that decide, then the rows by their keys: these lie scattered. */
async function pageByKeys(search: Search, limit: number, prewhere = ''): Promise<RequestSummary[]> {
  const { order, context } = search;
  const { sql, params } = conditions(search, search.range, search.cursor);
  const keys = await context.driver.query<{ s: string; i: string }>(
    `SELECT toString(toUnixTimestamp64Nano(start)) AS s, toString(id) AS i FROM ${tableOf(search)} ${prewhere} WHERE ${sql} ORDER BY ${order.orderBy} LIMIT {limit:UInt32}`,
    { params: { ...params, limit } });
  if (keys.length === 0) return [];
  const rows = await context.driver.query<SqlRow>(
    `SELECT ${SUMMARY_SELECT} FROM ${tableOf(search)} WHERE start IN (SELECT fromUnixTimestamp64Nano(arrayJoin({starts:Array(Int64)}))) AND id IN {ids:Array(UInt64)} ORDER BY ${order.orderBy}`,
    { params: { starts: keys.map((k) => BigInt(k.s)), ids: keys.map((k) => BigInt(k.i)) } });
  return rows.map(decodeSummary);
}

const tableOf = (search: Search): string => `${search.context.database}.${onlyAbnormal(search.filter) ? 'requests_abnormal' : 'requests'}`;

function conditions(search: Search, span: TimeRange, cursor: Cursor | null): { sql: string; params: Record<string, SqlValue> } {
  const where = filterToSql(search.filter, 'requests');
  const params: Record<string, SqlValue> = { ...rowParams(span), ...where.params };
  const all = [ROW_RANGE, where.sql];
  if (cursor !== null) all.push(afterCursor(search.order, cursor, params));
  return { sql: all.join(' AND '), params };
}

async function matchedCounts(context: QueryContext, range: TimeRange, filter: Filter): Promise<{ kept: number; of: number } | null> {
  const where = filterToSql(filter, 'rollup');
  if (where.ignored.length > 0) return null;
  const b = buckets(range, 360);
  const [row] = await context.driver.query<{ c: string; kept: string }>(
    `SELECT sum(count) AS c, sum(kept) AS kept FROM ${context.database}.${b.level.table} WHERE ${ROLLUP_RANGE} AND ${where.sql}`, { params: { ...bucketParams(b), ...where.params } });
  return { kept: Number(row.kept), of: Number(row.c) };
}
