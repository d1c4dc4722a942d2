/** What the agent needs of a store; `store/` gives it, tests may stand in. */
import type { StoreHealth } from '../server/api.js';
import type { Queries } from '../server/queries.js';

export interface StoreHandle {
  readonly queries: Queries;
  /** Never blocks, never throws: what cannot be kept is counted in its health. */
  append(table: 'requests' | 'rollup_10s', rowBinary: Uint8Array, rowCount: number): void;
  health(): Promise<StoreHealth>;
  /** Unix ms up to which its roll-ups count everything; null before the first were stored. */
  countedUntilMs?(): number | null;
  /** Process of the engine, null while there is none. */
  enginePid(): number | null;
  /** Flushes what is buffered. */
  close(): Promise<void>;
}
