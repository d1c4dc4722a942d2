/** Orders of the list: which column, which direction, where a page goes on. */
import type { RequestSummary } from '../../server/api.js';
import { REQUEST_COLUMNS, sqlType } from '../columns.js';
import type { SqlValue } from '../driver.js';
import { StoreError } from '../errors.js';
import type { Cursor } from './cursor.js';

export interface Order {
  /** As the caller wrote it, `-start`. */
  sort: string;
  byTime: boolean;
  descending: boolean;
  /** SQL expression without NULLs, and its type. */
  sql: string;
  type: string;
  /** ORDER BY list: unambiguous, ends with the id. */
  orderBy: string;
  field: keyof RequestSummary;
}

/** @param sort a word of the filter language, `-` in front for descending */
export function orderOf(sort: string): Order {
  const descending = sort.startsWith('-');
  const name = descending ? sort.slice(1) : sort;
  const column = REQUEST_COLUMNS.find((c) => c.word === name || c.name === name);
  if (column === undefined || column.type === 'Json' || column.type === 'Bytes') {
    throw new StoreError('store_bad_filter', `The list cannot be sorted by ${name}.`, 'Sort by start, duration or another field, with - in front for descending.');
  }
  const nullable = column.type === 'Nullable(UInt64)';
  const enumerated = column.type === 'Role' || column.type === 'ErrorKind';
  const byTime = column.sql === 'start';
  const sql = nullable ? `ifNull(${column.sql}, 0)` : enumerated ? `toString(${column.sql})` : column.sql;
  const direction = descending ? 'DESC' : 'ASC';
  return {
    sort, byTime, descending, sql, field: column.name as keyof RequestSummary,
    type: nullable ? 'UInt64' : enumerated || column.type === 'LowCardinality(String)' ? 'String' : sqlType(column.type),
    orderBy: byTime ? `start ${direction}, id ${direction}` : `${sql} ${direction}, start DESC, id DESC`,
  };
}

export function cursorAfter(row: RequestSummary, order: Order): Cursor {
  const value = order.field === 'id' ? BigInt(`0x${row.id}`).toString() : row[order.field];
  return { sort: order.sort, value: typeof value === 'number' || typeof value === 'string' ? value : Number(value ?? 0), startNs: row.start, id: row.id };
}

/** Condition for rows after the cursor; adds its values to `params`. */
export function afterCursor(order: Order, cursor: Cursor, params: Record<string, SqlValue>): string {
  params.cursorStart = cursor.startNs;
  params.cursorId = BigInt(`0x${cursor.id}`);
  const start = 'fromUnixTimestamp64Nano({cursorStart:Int64})';
  const beyond = order.descending ? '<' : '>';
  if (order.byTime) return `start ${beyond}= ${start} AND (start ${beyond} ${start} OR id ${beyond} {cursorId:UInt64})`;
  params.cursorValue = cursor.value;
  const value = `{cursorValue:${order.type}}`;
  return `(${order.sql} ${beyond} ${value} OR (${order.sql} = ${value} AND (start, id) < (${start}, {cursorId:UInt64})))`;
}
