import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Spool } from './spool.js';

const open = (directory: string, maxBytes = 1e6): Spool => new Spool({ directory, maxBytes, fsync: 'always' });
const folder = (): string => mkdtempSync(join(tmpdir(), 'kindling-spool-'));
const bytes = (n: number): Uint8Array => new Uint8Array(n).fill(n);

test('batches wait in order until acknowledged, over a restart, under the same id', () => {
  const directory = folder();
  const first = open(directory);
  const a = first.append('requests', 3, bytes(10))!;
  const b = first.append('requests', 1, bytes(20))!;
  const second = open(directory);
  assert.equal(second.length, 2);
  assert.deepEqual([second.head()!.id, second.head()!.table, second.head()!.rows, second.bytes], [a.id, 'requests', 3, 30]);
  second.acknowledge(second.head()!);
  assert.equal(second.head()!.id, b.id);
  const c = second.append('requests', 1, bytes(5))!;
  assert.notEqual(c.id, a.id);
  assert.deepEqual([open(directory).length, readdirSync(directory).length], [2, 2]);
  rmSync(directory, { recursive: true });
});
test('a damaged file and a half-written one are dropped, the first is counted', () => {
  const directory = folder();
  const spool = open(directory);
  const batch = spool.append('requests', 3, bytes(10))!;
  spool.append('requests', 4, bytes(11));
  writeFileSync(batch.path, bytes(9));
  writeFileSync(join(directory, '0000000009.tmp'), 'x');
  const again = open(directory);
  assert.equal(again.length, 1);
  assert.deepEqual(again.losses, { batches: 1, rows: 3, bytes: 9, reason: 'damaged' });
  assert.equal(readdirSync(directory).length, 1);
  rmSync(directory, { recursive: true });
});
test('a full spool drops the oldest that is not on its way, and counts it', () => {
  const directory = folder();
  const spool = open(directory, 100);
  const sent = spool.append('requests', 1, bytes(40))!;
  spool.append('requests', 2, bytes(50));
  const newest = spool.append('requests', 3, bytes(60))!;
  assert.deepEqual([spool.head()!.id, spool.length], [sent.id, 2]);
  assert.deepEqual(spool.losses, { batches: 1, rows: 2, bytes: 50, reason: 'spool full' });
  spool.acknowledge(sent);
  assert.equal(spool.head()!.id, newest.id);
  rmSync(directory, { recursive: true });
});
test('counts go before rows, except before the batch that is on its way, and over a restart before all', () => {
  const directory = folder();
  const spool = open(directory);
  const tables = (of: Spool): string[] => {
    const found: string[] = [];
    for (let batch = of.head(); batch !== undefined; batch = of.head()) {
      found.push(`${batch.table} ${batch.rows}`);
      of.acknowledge(batch);
    }
    return found;
  };
  for (const [table, rows] of [['requests', 1], ['requests', 2], ['rollup_10s', 3], ['requests', 4], ['rollup_10s', 5]] as const) spool.append(table, rows, bytes(rows));
  assert.deepEqual(tables(open(directory)), ['rollup_10s 3', 'rollup_10s 5', 'requests 1', 'requests 2', 'requests 4']);
  assert.deepEqual(tables(spool), ['requests 1', 'rollup_10s 3', 'rollup_10s 5', 'requests 2', 'requests 4']);
  rmSync(directory, { recursive: true });
});
test('a full spool drops rows before counts', () => {
  const directory = folder();
  const spool = open(directory, 100);
  for (const table of ['rollup_10s', 'rollup_10s', 'requests', 'requests']) spool.append(table, 1, bytes(25));
  spool.append('rollup_10s', 1, bytes(50));
  assert.deepEqual([spool.length, spool.waits('requests'), spool.losses.batches], [3, false, 2]);
  rmSync(directory, { recursive: true });
});
test('a folder that takes nothing loses the batch, counted, and never throws', () => {
  const directory = folder();
  const spool = open(directory);
  rmSync(directory, { recursive: true });
  assert.equal(spool.append('requests', 7, bytes(10)), null);
  assert.deepEqual(spool.losses, { batches: 1, rows: 7, bytes: 10, reason: 'the spool folder cannot be written: ENOENT' });
});
