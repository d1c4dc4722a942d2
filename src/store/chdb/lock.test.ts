import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { acquireLock } from './lock.js';

const root = mkdtempSync(join(tmpdir(), 'kindling-lock-'));
after(() => rmSync(root, { recursive: true }));
const path = join(root, 'kindling.lock');

test('a lock is held by one, names it, and is gone afterwards', async () => {
  const release = await acquireLock(root);
  assert.equal((JSON.parse(readFileSync(path, 'utf8')) as { pid: number }).pid, process.pid);
  await assert.rejects(acquireLock(root), { code: 'store_locked' });
  release();
  assert.deepEqual(readdirSync(root), []);
});

test('a lock whose holder is gone, or that says nothing, is taken over', async () => {
  for (const left of [JSON.stringify({ pid: 1 << 22, parentPid: 1, started: '1', since: '' }), JSON.stringify({ pid: process.pid, parentPid: 1, started: '1', since: '' }), '', '{']) {
    writeFileSync(path, left);
    (await acquireLock(root))();
    assert.deepEqual(readdirSync(root), []);
  }
});
