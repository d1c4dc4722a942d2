import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { StoreDriver } from './driver.js';
import { StoreError, type StoreErrorCode } from './errors.js';
import { Spool } from './spool.js';
import { StoreWriter } from './writer.js';

/** Takes every batch but those of `rows` rows. */
async function write(rows: number, code: StoreErrorCode): Promise<{ stored: number; lost: number; waiting: number }> {
  const directory = mkdtempSync(join(tmpdir(), 'kindling-writer-'));
  const spool = new Spool({ directory, maxBytes: 1e6, fsync: 'never' });
  let stored = 0;
  const insertFile = async (_table: string, _id: string, path: string): Promise<void> => {
    if (path.includes(`.requests.${rows}.`)) throw new StoreError(code, 'no', '');
    stored++;
  };
  const writer = new StoreWriter({ driver: { insertFile } as Partial<StoreDriver> as StoreDriver, spool, cutMs: 1e6, cutRollupsMs: 1e6 });
  for (const count of [1, 2, 3]) {
    writer.append('requests', Uint8Array.of(1), count);
    writer.cut();
  }
  for (let waited = 0; spool.length > 0 && waited < 3_000; waited += 50) await new Promise((resolve) => setTimeout(resolve, 50));
  await writer.close(100);
  const result = { stored, lost: spool.losses.batches, waiting: spool.length };
  rmSync(directory, { recursive: true });
  return result;
}

test('a batch that takes the engine down does not hold up those behind it, and is kept', async () => {
  assert.deepEqual(await write(1, 'store_crashed'), { stored: 2, lost: 0, waiting: 1 });
});

test('an engine that has no room makes all batches wait', async () => {
  assert.deepEqual(await write(1, 'store_disk_full'), { stored: 0, lost: 0, waiting: 3 });
});

test('an engine that is slower than rows arrive has all counts when the store is closed; rows wait in the spool', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'kindling-writer-'));
  const spool = new Spool({ directory, maxBytes: 1e6, fsync: 'never' });
  const stored = { requests: 0, rollup_10s: 0 };
  const insertFile = async (table: string): Promise<void> => {
    await new Promise((resolve) => setTimeout(resolve, 40));
    stored[table as keyof typeof stored]++;
  };
  const writer = new StoreWriter({ driver: { insertFile } as Partial<StoreDriver> as StoreDriver, spool, cutMs: 1e6, cutRollupsMs: 1e6 });
  for (let i = 0; i < 100; i++) {
    writer.append('requests', Uint8Array.of(1), 1);
    if (i % 50 === 49) writer.append('rollup_10s', Uint8Array.of(2), 1);
    writer.cut();
  }
  await writer.close(400);
  assert.equal(stored.rollup_10s, 2);
  assert.ok(stored.requests < 100 && spool.length > 0, `${stored.requests} stored, ${spool.length} wait`);
  assert.ok(writer.countedUntilMs !== null);
  await new Promise((resolve) => setTimeout(resolve, 100));
  rmSync(directory, { recursive: true });
});
