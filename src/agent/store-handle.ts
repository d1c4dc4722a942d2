/** What the agent needs of a store; `store/` gives it, tests may stand in. */
import type { StoreHealth } from '../server/api.js';
import type { Queries } from '../server/queries.js';

export interface StoreHandle {
  readonly queries: Queries;
  /** Resolves when the batch is safe in the spool; the engine may take it later. */
  append(table: 'requests' | 'rollups', rowBinary: Uint8Array, rowCount: number): void | Promise<void>;
  health(): StoreHealth;
  /** Process of the engine, null while there is none. */
  pid(): number | null;
  /** Flushes what is buffered. */
  close(): Promise<void>;
}
