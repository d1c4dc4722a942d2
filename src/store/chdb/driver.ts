/** The embedded engine behind the store's driver interface. */
import { mkdirSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { availableParallelism } from 'node:os';
import type { QueryOptions, StoreDriver } from '../driver.js';
import { EngineProcess } from './engine-process.js';
import { hexLiteral, settingsStatement } from './parameters.js';
import { makePrivateDirectory } from './private-directory.js';

const DEFAULT_TIMEOUT_MS = 10_000;
const DEFAULT_MEMORY_BYTES = 450e6;
const QUERY_SESSIONS = 3;
const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]*$/;

export interface ChdbOptions {
  directory: string;
  database?: string;
  memoryBytes?: number;
}

export async function openChdb(options: ChdbOptions): Promise<ChdbDriver> {
  const directory = resolve(options.directory);
  makePrivateDirectory(directory);
  const database = identifier(options.database ?? 'kindling');
  const engine = new EngineProcess({
    directory, database, memoryBytes: options.memoryBytes ?? DEFAULT_MEMORY_BYTES,
    threads: Math.min(2, availableParallelism()), querySessions: QUERY_SESSIONS,
  });
  await engine.start();
  return new ChdbDriver(engine, directory, database);
}

export class ChdbDriver implements StoreDriver {
  private streams = 0;

  constructor(readonly engine: EngineProcess, private readonly directory: string, readonly database: string) {}

  async exec(sql: string, options: QueryOptions = {}): Promise<void> {
    await this.engine.call((id) => ({ type: 'exec', id, sql, settings: settingsOf(options) }));
  }

  async query<T = Record<string, unknown>>(sql: string, options: QueryOptions = {}): Promise<T[]> {
    return parseRows<T>(await this.engine.call((id) => ({ type: 'query', id, sql, settings: settingsOf(options) })));
  }

  async *stream<T = Record<string, unknown>>(sql: string, options: QueryOptions = {}): AsyncIterable<T[]> {
    const blocks: string[] = [];
    let streamId = 0;
    let wake: () => void = () => undefined;
    let ended = false;
    let failure: unknown = null;
    const done = this.engine.call((id) => ({ type: 'stream', id: (streamId = id), sql, settings: settingsOf(options) }), (text) => {
      blocks.push(text);
      wake();
    }).catch((error: unknown) => { failure = error; }).finally(() => { ended = true; wake(); });
    this.streams++;
    try {
      for (;;) {
        while (blocks.length === 0 && !ended) await new Promise<void>((r) => { wake = r; });
        const text = blocks.shift();
        if (text === undefined) break;
        yield parseRows<T>(text);
        this.engine.more(streamId, true);
      }
      if (failure !== null) throw failure;
    } finally {
      this.streams--;
      if (!ended) this.engine.more(streamId, false);
      await done;
    }
  }

  async insert(table: string, batchId: string, rowBinary: Uint8Array): Promise<void> {
    const folder = join(this.directory, 'incoming');
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const path = join(folder, `${identifier(table)}-${process.pid}-${Buffer.from(batchId).toString('hex').slice(0, 100)}.rb`);
    writeFileSync(`${path}.tmp`, rowBinary);
    renameSync(`${path}.tmp`, path);
    try {
      await this.insertFile(table, batchId, path);
    } finally {
      unlinkSync(path);
    }
  }

  /** The engine reads the file by itself: no byte of a payload comes near the SQL parser. */
  async insertFile(table: string, batchId: string, path: string): Promise<void> {
    const sql = `INSERT INTO ${this.database}.${identifier(table)} FROM INFILE ${hexLiteral(path)} `
      + `SETTINGS insert_deduplication_token = ${hexLiteral(batchId)} FORMAT RowBinary`;
    await this.engine.call((id) => ({ type: 'insert', id, sql }));
  }

  async partitions(table: string): Promise<Array<{ partition: string; rows: number; bytes: number; minTime: number; maxTime: number }>> {
    const rows = await this.query<Record<string, string>>(
      `SELECT partition_id AS partition, sum(rows) AS rows, sum(bytes_on_disk) AS bytes, toUnixTimestamp(min(if(min_time > 0, min_time, toDateTime(min_date)))) AS minTime,
       toUnixTimestamp(max(if(max_time > 0, max_time, toDateTime(max_date)))) AS maxTime
       FROM system.parts WHERE active AND database = {database:String} AND table = {table:String} GROUP BY partition_id ORDER BY minTime, partition_id`,
      { params: { database: this.database, table } },
    );
    return rows.map((r) => ({ partition: r.partition, rows: Number(r.rows), bytes: Number(r.bytes), minTime: Number(r.minTime), maxTime: Number(r.maxTime) }));
  }

  async dropPartition(table: string, partition: string): Promise<void> {
    if (!/^[A-Za-z0-9_-]+$/.test(partition)) throw new TypeError(`${partition} is not a partition id`);
    await this.exec(`ALTER TABLE ${this.database}.${identifier(table)} DROP PARTITION ID '${partition}'`);
  }

  close(): Promise<void> {
    return this.engine.close();
  }
}

const settingsOf = (options: QueryOptions): string => settingsStatement(options.timeoutMs ?? DEFAULT_TIMEOUT_MS, options.params ?? {});

/** One JSON object a line; the engine escapes line ends within values. */
function parseRows<T>(text: string): T[] {
  if (text === '') return [];
  return JSON.parse(`[${text.trimEnd().replaceAll('\n', ',')}]`) as T[];
}

function identifier(name: string): string {
  if (!IDENTIFIER.test(name)) throw new TypeError(`${JSON.stringify(name)} is not a table or database name`);
  return name;
}
