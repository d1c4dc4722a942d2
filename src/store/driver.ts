/** The seam between Kindling and its SQL engine. Two engines may stand behind it: chDB (embedded, child process) and ClickHouse (HTTP). */

export type SqlValue = string | number | bigint | boolean | null | readonly string[] | readonly number[] | readonly bigint[];

export interface QueryOptions {
  /** Bound server-side as `{name:Type}` parameters; never spliced into the text. */
  params?: Record<string, SqlValue>;
  /** Enforced by the engine (`max_execution_time`), default 10,000. */
  timeoutMs?: number;
}

export interface StoreDriver {
  /** A statement without result (DDL). */
  exec(sql: string, options?: QueryOptions): Promise<void>;
  /** Rows as objects; 64-bit integers arrive as strings. */
  query<T = Record<string, unknown>>(sql: string, options?: QueryOptions): Promise<T[]>;
  /** Rows in blocks, for results too large to hold. */
  stream<T = Record<string, unknown>>(sql: string, options?: QueryOptions): AsyncIterable<T[]>;
  /** Idempotent: the same batch id may be sent again until acknowledged; the rows (and roll-ups) count once. */
  insert(table: string, batchId: string, rowBinary: Uint8Array): Promise<void>;
  /** The same from a file of RowBinary, which the engine reads by itself: no copy through this process. */
  insertFile?(table: string, batchId: string, path: string): Promise<void>;
  partitions(table: string): Promise<Array<{ partition: string; rows: number; bytes: number; minTime: number; maxTime: number }>>;
  dropPartition(table: string, partition: string): Promise<void>;
  close(): Promise<void>;
}

/** For those who only read. */
export type StoreReader = Pick<StoreDriver, 'query'>;
