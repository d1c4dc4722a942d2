/** GET /api/requests from memory: the same orders, cursors and filters as with a store. */
import type { RequestRecord } from '../requests/record.js';
import type { RequestList } from '../server/api.js';
import type { RequestListQuery } from '../server/queries.js';
import { decodeCursor, encodeCursor } from '../store/queries/cursor.js';
import { cursorAfter, orderOf, type Order } from '../store/queries/list-order.js';
import { compileFilter } from './live-filter.js';
import type { RecentRequests } from './recent-requests.js';
import { toSummary } from './summary.js';

interface Key { value: string | number; startNs: string; id: string }

export function listRecent(recent: RecentRequests, query: RequestListQuery, note: string, tracedServers: ReadonlySet<string>): RequestList {
  const { range, limit } = query;
  const order = orderOf(query.sort);
  const matches = compileFilter(query.filter, tracedServers);
  const found = [...recent.all()].filter((record) => inRange(record, range.from, range.to) && matches(record))
    .map((record) => ({ record, key: cursorAfter(record, order) as Key }))
    .sort((a, b) => compare(a.key, b.key, order));
  const cursor = query.cursor === null ? null : decodeCursor(query.cursor, order.sort);
  const rest = cursor === null ? found : found.filter(({ key }) => compare(key, cursor, order) > 0);
  const rows = rest.slice(0, limit).map(({ record }) => toSummary(record));
  const nextCursor = rest.length > limit ? encodeCursor(cursorAfter(rows[rows.length - 1], order)) : null;
  return { range, rows, nextCursor, matched: null, sampled: null, notes: [note] };
}

function inRange(record: RequestRecord, fromMs: number, toMs: number): boolean {
  const startMs = Number(BigInt(record.start) / 1_000_000n);
  return startMs >= fromMs && startMs < toMs;
}

/** As list-order.ts orders in SQL: by time in the direction asked; by anything else with the newest first among equals. */
function compare(a: Key, b: Key, order: Order): number {
  const newestFirst = b.startNs.length - a.startNs.length || text(b.startNs, a.startNs) || text(b.id, a.id);
  if (order.byTime) return order.descending ? newestFirst : -newestFirst;
  const byValue = typeof a.value === 'number' && typeof b.value === 'number' ? a.value - b.value : text(String(a.value), String(b.value));
  return (order.descending ? -byValue : byValue) || newestFirst;
}

const text = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
