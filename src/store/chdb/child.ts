/**
 * The engine's own process: `fork`ed by driver.ts, ends with its parent. The only place that loads chdb, which is an
 * optional dependency of half a gigabyte. A crash or an out-of-memory here costs no request.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { StoreError } from '../errors.js';
import { acquireLock } from './lock.js';
import type { EngineOptions, FromChild, ToChild } from './messages.js';
import { SessionPool, type ChdbSession } from './sessions.js';

type ChdbModule = { Session: new (path: string, options: { connectionArgs: string[] }) => ChdbSession; version(): Record<string, unknown> };

interface Engine {
  write: SessionPool;
  read: SessionPool;
  unlock: () => void;
}

/** Dropping a partition writes too: on a disk filled to the last byte nothing could be dropped any more. */
const MIN_FREE_TO_INSERT_BYTES = 128 * 1024 * 1024;
/** Old recordings may be replayed: one batch may touch any number of hours. */
const SESSION_SETTINGS = `SET deduplicate_blocks_in_dependent_materialized_views = 1, async_insert = 0, min_free_disk_bytes_to_perform_insert = ${MIN_FREE_TO_INSERT_BYTES}, max_partitions_per_insert_block = 0, session_timezone = 'UTC', optimize_on_insert = 1`;

async function loadChdb(): Promise<ChdbModule> {
  try {
    const name = 'chdb';
    const loaded = await import(name) as ChdbModule & { default?: ChdbModule };
    return loaded.Session === undefined && loaded.default !== undefined ? loaded.default : loaded;
  } catch (error) {
    throw new StoreError('store_engine_missing', `The embedded engine cannot be loaded: ${(error as Error).message.split('\n')[0]}`,
      'Install it with `npm install chdb` (needs glibc), or run with --store off: live view and metrics work without it.');
  }
}

/** The defaults assume that the whole machine is the engine's. */
function connectionArguments(options: EngineOptions): string[] {
  return [
    `--max_server_memory_usage=${options.memoryBytes}`, `--max_memory_usage=${Math.floor(options.memoryBytes / 2)}`,
    `--max_threads=${options.threads}`, '--max_insert_threads=1', '--background_pool_size=2', '--background_schedule_pool_size=2',
    '--max_thread_pool_size=200', '--mark_cache_size=33554432', '--uncompressed_cache_size=0', '--index_mark_cache_size=4194304',
    '--primary_index_cache_size=8388608', '--query_condition_cache_size=4194304', '--mmap_cache_size=16',
    '--output_format_json_quote_64bit_integers=1', '--input_format_parallel_parsing=0',
  ];
}

async function open(options: EngineOptions): Promise<{ engine: Engine; version: string }> {
  const data = join(options.directory, 'data');
  mkdirSync(data, { recursive: true, mode: 0o700 });
  const unlock = await acquireLock(options.directory);
  try {
    const chdb = await loadChdb();
    const sessions = Array.from({ length: options.querySessions + 1 }, () => new chdb.Session(data, { connectionArgs: connectionArguments(options) }));
    for (const session of sessions) await session.queryAsync(SESSION_SETTINGS, { format: 'Null' });
    const version = (await sessions[0].queryAsync('SELECT version()', { format: 'TSVRaw' })).text().trim();
    return { engine: { write: new SessionPool(sessions.slice(0, 1)), read: new SessionPool(sessions.slice(1)), unlock }, version };
  } catch (error) {
    unlock();
    throw error;
  }
}

const send = (message: FromChild): void => {
  if (process.connected) process.send?.(message);
};

/** Streams whose consumer has not yet asked for the next block. */
const awaitingMore = new Map<number, (go: boolean) => void>();

async function run(engine: Engine, message: Extract<ToChild, { id: number }>): Promise<void> {
  try {
    switch (message.type) {
      case 'insert':
        await engine.write.use((s) => s.queryAsync(message.sql, { format: 'Null' }));
        return send({ type: 'done', id: message.id, text: '' });
      case 'exec':
        await engine.write.use((s) => s.queryAsync(`${message.settings}; ${message.sql}`, { format: 'Null' }));
        return send({ type: 'done', id: message.id, text: '' });
      case 'query': {
        const result = await engine.read.use((s) => s.queryAsync(`${message.settings}; ${message.sql}`, { format: 'JSONEachRow' }));
        return send({ type: 'done', id: message.id, text: result.text() });
      }
      case 'stream':
        await engine.read.use((s) => streamBlocks(s, message));
        return send({ type: 'done', id: message.id, text: '' });
      case 'more':
        awaitingMore.get(message.id)?.(message.go);
    }
  } catch (error) {
    send({ type: 'failed', id: message.id, message: (error as Error).message });
  }
}

async function streamBlocks(session: ChdbSession, message: Extract<ToChild, { type: 'stream' }>): Promise<void> {
  await session.queryAsync(message.settings, { format: 'Null' });
  for await (const chunk of session.queryStream(message.sql, { format: 'JSONEachRow' })) {
    const go = new Promise<boolean>((resolve) => awaitingMore.set(message.id, resolve));
    send({ type: 'block', id: message.id, text: (chunk as unknown as { text(): string }).text() });
    const wanted = await go;
    awaitingMore.delete(message.id);
    if (!wanted) break;
  }
}

function main(): void {
  let engine: Engine | null = null;
  const end = (): never => {
    engine?.write.close();
    engine?.read.close();
    engine?.unlock();
    process.exit(0);
  };
  process.on('disconnect', end);
  // Ctrl-C in a terminal reaches the whole process group: the parent decides when the engine ends.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => undefined);
  process.on('message', (message: ToChild) => {
    if (message.type === 'close') return end();
    if (message.type !== 'open') return void (engine !== null && run(engine, message));
    open(message.options).then(
      (opened) => {
        engine = opened.engine;
        send({ type: 'opened', version: opened.version });
      },
      (error: unknown) => {
        const known = error instanceof StoreError ? error : new StoreError('store_crashed', (error as Error).message, 'Look at the disk and at the permissions of the store directory.');
        process.send?.({ type: 'refused', code: known.code, message: known.message, hint: known.hint }, () => process.exit(1));
      },
    );
  });
}

main();
