/** Every failure of the store, with what to do about it; the agent shows them under the codes KND-06x of src/errors/catalogue.ts. */
export type StoreErrorCode =
  | 'store_locked'
  | 'store_engine_missing'
  | 'store_unwritable'
  | 'store_schema'
  | 'store_disk_full'
  | 'store_query_timeout'
  | 'store_query_failed'
  | 'store_memory_limit'
  | 'store_crashed'
  | 'store_closed'
  | 'store_bad_filter'
  | 'store_bad_cursor';

export class StoreError extends Error {
  constructor(readonly code: StoreErrorCode, message: string, readonly hint: string) {
    super(message);
    this.name = 'StoreError';
  }
}

/** ClickHouse error numbers that mean something to a person; the rest is `store_query_failed`. */
const TIMEOUT_EXCEEDED = 159;
const TOO_SLOW = 160;
const NOT_ENOUGH_SPACE = 243;
const MEMORY_LIMIT_EXCEEDED = 241;

export function engineError(message: string): StoreError {
  const number = Number(/Code: (\d+)/.exec(message)?.[1] ?? 0);
  if (number === TIMEOUT_EXCEEDED || number === TOO_SLOW) {
    return new StoreError('store_query_timeout', 'The query took longer than its time limit.', 'Choose a shorter time range or a narrower filter.');
  }
  if (number === NOT_ENOUGH_SPACE || /No space left on device|ENOSPC/.test(message)) {
    return new StoreError('store_disk_full', 'The disk that holds the store is full.', 'Free space or lower store.disk_budget; capture goes on and the oldest data are dropped.');
  }
  if (number === MEMORY_LIMIT_EXCEEDED) {
    return new StoreError('store_memory_limit', 'The query needs more memory than the store may use.', 'Choose a shorter time range or a narrower filter.');
  }
  return new StoreError('store_query_failed', message.slice(0, 600), 'This is a defect of Kindling if the filter was valid: please report it with this text.');
}
