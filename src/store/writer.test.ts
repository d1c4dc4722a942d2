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

test('while nobody asks, batches are few; a question waits for what was collected until then, and from then on batches come at their pace', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'kindling-writer-'));
  let batches = 0;
  let rows = 0;
  const insertFile = async (_table: string, _id: string, path: string): Promise<void> => {
    batches++;
    rows += Number(/\.requests\.(\d+)\./.exec(path)![1]);
  };
  const writer = new StoreWriter({
    driver: { insertFile } as Partial<StoreDriver> as StoreDriver, spool: new Spool({ directory, maxBytes: 1e6, fsync: 'never' }), cutMs: 20, cutRollupsMs: 20, unaskedMs: 1_000,
  });
  let sent = 0;
  const appending = setInterval(() => { writer.append('requests', Uint8Array.of(1), 1); sent++; }, 5);
  const after = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
  await after(500);
  assert.equal(batches, 0);
  const known = sent;
  await Promise.all([writer.asked(), writer.asked()]);
  assert.ok(known > 0 && rows >= known, `${rows} of ${known}`);
  const first = batches;
  await after(500);
  assert.ok(batches - first >= 5, String(batches));
  clearInterval(appending);
  await writer.close();
  assert.equal(rows, sent);
  rmSync(directory, { recursive: true });
});

test('while nobody asks, what was collected is stored in the end', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'kindling-writer-'));
  const stored: string[] = [];
  const insertFile = async (table: string): Promise<void> => { stored.push(table); };
  const writer = new StoreWriter({
    driver: { insertFile } as Partial<StoreDriver> as StoreDriver, spool: new Spool({ directory, maxBytes: 1e6, fsync: 'never' }), cutMs: 20, cutRollupsMs: 20, unaskedMs: 200,
  });
  writer.append('requests', Uint8Array.of(1), 1);
  writer.append('rollup_10s', Uint8Array.of(1), 1);
  for (let waited = 0; stored.length < 2 && waited < 3_000; waited += 20) await new Promise((resolve) => setTimeout(resolve, 20));
  assert.deepEqual(stored.sort(), ['requests', 'rollup_10s']);
  await writer.close();
  rmSync(directory, { recursive: true });
});
