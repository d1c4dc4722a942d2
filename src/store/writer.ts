/**
 * From rows to acknowledged batches: collects what arrives, cuts a batch every so often into the spool, and sends the
 * spool's batches one after the other. The caller is never held up: what the engine cannot take yet waits on disk.
 */
import { readFileSync } from 'node:fs';
import type { StoreDriver } from './driver.js';
import { StoreError } from './errors.js';
import type { Batch, Spool } from './spool.js';

/**
 * A batch costs CPU by its number of target tables, hardly by its rows (bench/store-insert.ts): so as few as the promise
 * allows that a request is queryable within a second, and roll-ups, which feed three tables and charts of 10 s steps,
 * more rarely. While nobody asks, fewer still: the first question waits for what was collected until then (`asked`).
 */
const CUT_MS = 700;
const CUT_ROLLUPS_MS = 5_000;
const UNASKED_CUT_MS = 4_000;
const UNASKED_CUT_ROLLUPS_MS = 10_000;
/** So long after a question the next one is expected. */
const ASKED_FOR_MS = 30_000;
/** A question waits no longer for what is not stored yet. */
const FRESH_WITHIN_MS = 500;
const CUT_BYTES = 8 * 1024 * 1024;
const FIRST_RETRY_MS = 200;
const LONGEST_RETRY_MS = 10_000;
/** Tries of a batch that the engine refuses for a reason of the batch itself. */
const ATTEMPTS = 5;

interface Collected {
  chunks: Uint8Array[];
  rows: number;
  bytes: number;
  sinceMs: number;
}

export interface WriterOptions {
  driver: StoreDriver;
  spool: Spool;
  /** Between batches of single requests. */
  cutMs?: number;
  /** Between batches of roll-ups. */
  cutRollupsMs?: number;
  /** Between batches, of either, while nobody asks. */
  unaskedMs?: number;
}

export class StoreWriter {
  private readonly collected = new Map<string, Collected>();
  private readonly timers: NodeJS.Timeout[];
  private sending: Promise<void> | null = null;
  private stopped = false;
  private wakeRetry: (() => void) | null = null;
  private askedMs = -Infinity;
  private freshening: Promise<void> = Promise.resolve();
  /** Acknowledged by the engine, since start: rows of single requests, and batches of any table. */
  storedRequests = 0;
  storedBatches = 0;
  /** Unix ms up to which the stored roll-ups count everything; null before the first were stored. */
  countedUntilMs: number | null = null;
  /** Why batches wait at the moment; null when they do not. */
  trouble: StoreError | null = null;

  constructor(private readonly options: WriterOptions) {
    const { cutMs = CUT_MS, cutRollupsMs = CUT_ROLLUPS_MS, unaskedMs } = options;
    this.timers = [
      setInterval(() => { if (this.isDue('requests', unaskedMs ?? UNASKED_CUT_MS, cutMs)) this.cut('requests'); }, cutMs),
      setInterval(() => { if (this.isDue('rollup_10s', unaskedMs ?? UNASKED_CUT_ROLLUPS_MS, cutRollupsMs)) this.cutRollups(); }, cutRollupsMs),
    ];
    for (const timer of this.timers) timer.unref();
    this.send();
  }

  append(table: string, rowBinary: Uint8Array, rowCount: number): void {
    if (rowCount === 0) return;
    let collected = this.collected.get(table);
    if (collected === undefined) this.collected.set(table, collected = { chunks: [], rows: 0, bytes: 0, sinceMs: performance.now() });
    collected.chunks.push(rowBinary);
    collected.rows += rowCount;
    collected.bytes += rowBinary.length;
    if (collected.bytes >= CUT_BYTES) this.cut(table);
  }

  /** Somebody is about to ask. Resolves when what was collected while nobody did can be queried too, as far as that comes in time. */
  async asked(): Promise<void> {
    const nowMs = performance.now();
    const expected = nowMs - this.askedMs < ASKED_FOR_MS;
    this.askedMs = nowMs;
    // Questions come in groups: all of them wait for what the first one started.
    if (!expected) {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => { timer = setTimeout(resolve, FRESH_WITHIN_MS); });
      this.freshening = Promise.race([this.flush(), late]).finally(() => clearTimeout(timer));
    }
    await this.freshening;
  }

  /** While nobody asks only what would be too old at the next look. */
  private isDue(table: string, unaskedMs: number, everyMs: number): boolean {
    const nowMs = performance.now();
    if (nowMs - this.askedMs < ASKED_FOR_MS) return true;
    const collected = this.collected.get(table);
    return collected === undefined || nowMs - collected.sinceMs > unaskedMs - everyMs;
  }

  /** What was collected, for one table or all, becomes batches in the spool. */
  cut(only?: string): void {
    for (const [table, { chunks, rows, bytes }] of this.collected) {
      if (only !== undefined && table !== only) continue;
      this.collected.delete(table);
      this.options.spool.append(table, rows, chunks.length === 1 ? chunks[0] : Buffer.concat(chunks, bytes));
    }
    this.send();
  }

  private cutRollups(): void {
    const nothing = !this.collected.has('rollup_10s') && !this.options.spool.waits('rollup_10s');
    if (nothing) this.countedUntilMs = Date.now();
    else this.cut('rollup_10s');
  }

  private send(): void {
    if (this.sending !== null || this.options.spool.length === 0) return;
    this.sending = this.sendAll().finally(() => {
      this.sending = null;
      if (!this.stopped) this.send();
    });
  }

  private async sendAll(): Promise<void> {
    let attempts = 0;
    for (let batch = this.options.spool.head(); batch !== undefined; batch = this.options.spool.head()) {
      try {
        await this.insert(batch);
        this.options.spool.acknowledge(batch);
        if (batch.table === 'requests') this.storedRequests += batch.rows;
        if (batch.table === 'rollup_10s' && batch.cutMs > 0) this.countedUntilMs = Math.max(this.countedUntilMs ?? 0, batch.cutMs);
        this.storedBatches++;
        this.trouble = null;
        attempts = 0;
        if (this.stopped) return;
      } catch (error) {
        this.trouble = error instanceof StoreError ? error : new StoreError('store_query_failed', (error as Error).message, 'Look at the spool folder.');
        if (this.trouble.code === 'store_closed') return;
        // Perhaps it is the batch that takes the engine down: those behind it go first.
        if (this.trouble.code === 'store_crashed') this.options.spool.defer(batch);
        if (this.trouble.code === 'store_query_failed' && ++attempts >= ATTEMPTS) {
          this.options.spool.reject(batch);
          attempts = 0;
          continue;
        }
        if (this.stopped) return;
        await this.pause(attempts);
      }
    }
  }

  private insert(batch: Batch): Promise<void> {
    const { driver } = this.options;
    if (driver.insertFile !== undefined) return driver.insertFile(batch.table, batch.id, batch.path);
    return driver.insert(batch.table, batch.id, readFileSync(batch.path));
  }

  private pause(attempts: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** attempts));
      this.wakeRetry = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** Everything appended so far is queryable when this resolves (or still in the spool, if the engine is in trouble). */
  async flush(): Promise<void> {
    this.cut();
    while (this.sending !== null && this.trouble === null) await this.sending;
  }

  async close(graceMs = 5_000): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    let grace: NodeJS.Timeout | undefined;
    await Promise.race([this.flush(), new Promise((resolve) => { grace = setTimeout(resolve, graceMs); })]);
    clearTimeout(grace);
    this.stopped = true;
    this.wakeRetry?.();
  }
}
