/** How much is stored, read from the engine at most every other second. */
import type { StoreDriver } from './driver.js';
import { TABLES } from './schema.js';

const FRESH_MS = 2_000;

export interface Sizes { rows: number; bytes: number; oldestMs: number | null }

export class StoreSizes {
  last: Sizes = { rows: 0, bytes: 0, oldestMs: null };
  private readMs = 0;
  private rateMs = 0;
  private rateRows = 0;
  private rate = 0;

  constructor(private readonly driver: StoreDriver, private readonly now: () => number) {}

  /** Rows are single requests; bytes are of all tables. */
  async read(): Promise<Sizes> {
    if (this.now() - this.readMs < FRESH_MS) return this.last;
    this.readMs = this.now();
    let rows = 0;
    let bytes = 0;
    let oldest = Infinity;
    for (const { name } of TABLES) {
      for (const partition of await this.driver.partitions(name)) {
        bytes += partition.bytes;
        if (name !== 'requests') continue;
        rows += partition.rows;
        oldest = Math.min(oldest, partition.minTime);
      }
    }
    this.last = { rows, bytes, oldestMs: oldest === Infinity ? null : oldest * 1000 };
    return this.last;
  }

  /** Rate since the last call that was at least a second ago. */
  rowsPerSecond(totalRows: number): number {
    const elapsedMs = this.now() - this.rateMs;
    if (elapsedMs < 1000) return this.rate;
    this.rate = this.rateMs === 0 ? 0 : ((totalRows - this.rateRows) / elapsedMs) * 1000;
    this.rateMs = this.now();
    this.rateRows = totalRows;
    return this.rate;
  }
}
