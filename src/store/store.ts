/** The store as the agent uses it: append rows, ask questions, know how it is. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StoreHealth } from '../server/api.js';
import { openChdb, type ChdbDriver } from './chdb/driver.js';
import type { StoreDriver, StoreReader } from './driver.js';
import { StoreError } from './errors.js';
import { createQueries, type StoreQueries } from './queries/queries.js';
import { DEFAULT_KEEP_HOURS, applyRetention, type KeepHours } from './retention.js';
import { OLDEST_SCHEMA_VERSION, SCHEMA_VERSION, embeddedLayout, schemaStatements } from './schema.js';
import { StoreSizes } from './sizes.js';
import { DISK_FULL, Spool, type SpoolLosses } from './spool.js';
import { upgradeStore } from './upgrade.js';
import { StoreWriter } from './writer.js';

const SPOOL = 'spool';
const VERSION_FILE = 'schema-version';
const RETENTION_EVERY_MS = 60_000;
/** While the disk is full. */
const RETENTION_URGENT_MS = 5_000;

/** So long after batches were dropped the store does not count as well. */
const LOSING_MS = 15_000;
/** How long an engine that was started again is said: its absence may be shorter than anybody looks. */
const RESTART_SHOWN_MS = 8_000;

export interface StoreOptions {
  directory: string;
  /** Disk space of the tables; the spool has its own bound. Default 20 GB. */
  diskBudgetBytes?: number;
  /** Default 1 GB. */
  spoolMaxBytes?: number;
  fsync?: 'never' | 'always';
  keepHours?: Partial<KeepHours>;
  /** Memory of the engine's process. Default 450 MB. */
  memoryBytes?: number;
  /** A batch this often, see writer.ts. */
  cutMs?: number;
  /** Only shown: the budget is applied in the capture worker. 0: no limit. */
  rowsPerSecond?: number;
  now?: () => number;
}

export interface Store {
  /** Rows in RowBinary, as row-encoder.ts and rollup-encoder.ts make them. Never blocks, never throws. */
  append(table: 'requests' | 'rollup_10s', rowBinary: Uint8Array, rowCount: number): void;
  /** What was appended so far goes to the spool now instead of within some seconds: from here on it survives kill -9. */
  cut(): void;
  /** Resolves when everything appended so far can be queried. */
  flush(): Promise<void>;
  queries: StoreQueries;
  health(): Promise<StoreHealth>;
  /** Unix ms up to which the stored roll-ups count everything that was appended; null before the first were stored. */
  countedUntilMs(): number | null;
  /** Process of the engine (for scope and CPU accounting); null while it is down. */
  enginePid(): number | null;
  close(): Promise<void>;
}

export async function openStore(options: StoreOptions): Promise<Store> {
  const driver = await openChdb({ directory: options.directory, ...(options.memoryBytes === undefined ? {} : { memoryBytes: options.memoryBytes }) });
  try {
    const found = readSchemaVersion(options.directory);
    if (found < SCHEMA_VERSION) await upgradeStore(driver, join(options.directory, SPOOL));
    for (const statement of schemaStatements(embeddedLayout(driver.database))) await driver.exec(statement);
    if (found < SCHEMA_VERSION) writeFileSync(join(options.directory, VERSION_FILE), `${SCHEMA_VERSION}\n`);
    return new EmbeddedStore(driver, options);
  } catch (error) {
    await driver.close();
    throw error;
  }
}

/** A newer version's tables are left alone: they are neither readable nor writable with these columns. */
function readSchemaVersion(directory: string): number {
  const path = join(directory, VERSION_FILE);
  if (!existsSync(path)) {
    writeFileSync(path, `${SCHEMA_VERSION}\n`);
    return SCHEMA_VERSION;
  }
  const found = readFileSync(path, 'utf8').trim();
  if (/^\d+$/.test(found) && Number(found) >= OLDEST_SCHEMA_VERSION && Number(found) <= SCHEMA_VERSION) return Number(found);
  throw new StoreError('store_schema', `The store ${directory} was written by another version (schema ${found}, this one is ${SCHEMA_VERSION}).`,
    'Use the version that wrote it, or another folder with --store-directory.');
}

class EmbeddedStore implements Store {
  private readonly spool: Spool;
  private readonly writer: StoreWriter;
  private readonly sizes: StoreSizes;
  private readonly retention: NodeJS.Timeout;
  private retaining: Promise<unknown> = Promise.resolve();
  private retainedAt = performance.now();
  private retentionTrouble = '';
  private knownLosses = { batches: 0, atMs: 0 };
  private knownRestarts = { count: 0, atMs: 0 };
  readonly queries: StoreQueries;

  constructor(private readonly driver: ChdbDriver, private readonly options: StoreOptions) {
    this.spool = new Spool({ directory: join(options.directory, SPOOL), maxBytes: options.spoolMaxBytes ?? 1e9, fsync: options.fsync ?? 'never' });
    this.writer = new StoreWriter({ driver, spool: this.spool, ...(options.cutMs === undefined ? {} : { cutMs: options.cutMs }) });
    this.sizes = new StoreSizes(driver, () => this.now());
    this.queries = createQueries(asking(driver, this.writer), driver.database);
    this.retention = setInterval(() => this.retainWhenDue(), RETENTION_URGENT_MS);
    this.retention.unref();
  }

  private now(): number {
    return this.options.now?.() ?? Date.now();
  }

  private get diskBudgetBytes(): number {
    return this.options.diskBudgetBytes ?? 20e9;
  }

  append(table: 'requests' | 'rollup_10s', rowBinary: Uint8Array, rowCount: number): void {
    this.writer.append(table, rowBinary, rowCount);
  }

  cut(): void {
    this.writer.cut();
  }

  flush(): Promise<void> {
    return this.writer.flush();
  }

  private retainWhenDue(): void {
    const due = performance.now() - this.retainedAt >= RETENTION_EVERY_MS || this.writer.trouble?.code === 'store_disk_full';
    if (!due) return;
    this.retainedAt = performance.now();
    this.retaining = this.retaining.then(() => this.retain());
  }

  private async retain(): Promise<void> {
    try {
      await applyRetention(this.driver, {
        directory: this.options.directory, diskBudgetBytes: this.diskBudgetBytes,
        keepHours: { ...DEFAULT_KEEP_HOURS, ...this.options.keepHours }, now: () => this.now(),
      });
      this.retentionTrouble = '';
    } catch (error) {
      this.retentionTrouble = `Old data could not be dropped: ${(error as Error).message}`;
    }
  }

  async health(): Promise<StoreHealth> {
    const { losses, bytes: spoolBytes, length: spoolBatches } = this.spool;
    const up = this.driver.engine.up;
    const sizes = up ? await this.sizes.read() : this.sizes.last;
    const { restarts, lastCrash } = this.driver.engine;
    if (restarts > this.knownRestarts.count) this.knownRestarts = { count: restarts, atMs: this.now() };
    const restarted = restarts > 0 && this.now() - this.knownRestarts.atMs < RESTART_SHOWN_MS;
    const trouble = !up || restarted ? new StoreError('store_crashed', lastCrash, up ? 'It was started again; nothing that was in the spool is lost.' : '') : this.writer.trouble;
    if (losses.batches > this.knownLosses.batches) this.knownLosses = { batches: losses.batches, atMs: this.now() };
    const lost = losses.batches === 0 ? '' : lossText(losses);
    const losing = losses.batches > 0 && this.now() - this.knownLosses.atMs < LOSING_MS;
    const message = [trouble === null ? '' : `${trouble.message} ${trouble.hint}`.trim(), lost, this.retentionTrouble].filter(Boolean).join(' ');
    return {
      state: !up ? 'down' : trouble !== null || this.retentionTrouble !== '' || losing ? 'degraded' : 'ok', message: message === '' ? 'All batches are stored.' : message,
      engine: `chDB (ClickHouse ${this.driver.engine.version})`, directory: this.options.directory,
      rows: sizes.rows, bytes: sizes.bytes, oldestMs: sizes.oldestMs, diskBudgetBytes: this.diskBudgetBytes,
      spoolBatches, spoolBytes, keptPerSecond: this.sizes.rowsPerSecond(this.writer.storedRequests), budgetPerSecond: this.options.rowsPerSecond ?? 0,
      droppedBatches: losses.batches,
    };
  }

  countedUntilMs(): number | null {
    return this.writer.countedUntilMs;
  }

  enginePid(): number | null {
    return this.driver.engine.pid;
  }

  async close(): Promise<void> {
    clearInterval(this.retention);
    await this.retaining;
    await this.writer.close();
    await this.driver.close();
  }
}

/** For those who read: each question is announced to the writer. */
function asking(driver: StoreDriver, writer: StoreWriter): StoreReader {
  return {
    query: async (sql, options) => {
      await writer.asked();
      return driver.query(sql, options);
    },
  };
}

function lossText({ batches, rows, reason }: SpoolLosses): string {
  const full = reason === DISK_FULL ? ' Free space, or lower store.disk_budget: the oldest data are dropped, capture goes on.' : '';
  return `${batches} ${batches === 1 ? 'batch' : 'batches'} with ${rows} rows ${batches === 1 ? 'was' : 'were'} dropped (last reason: ${reason}).${full}`;
}
