import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { driverContract } from '../driver.contract.js';
import type { StoreError } from '../errors.js';
import { openChdb } from './driver.js';

const folder = (): string => mkdtempSync(join(tmpdir(), 'kindling-store-'));

driverContract('chdb', async () => {
  const directory = folder();
  return { driver: await openChdb({ directory }), database: 'kindling', clean: async () => rmSync(directory, { recursive: true }) };
});

test('a store opened twice names the process that has it', async () => {
  const directory = folder();
  const first = await openChdb({ directory });
  await assert.rejects(openChdb({ directory }), (error: StoreError) =>
    error.code === 'store_locked' && error.message.includes(`process ${process.pid}`) && error.hint.includes('--store-directory'));
  await first.close();
  const again = await openChdb({ directory });
  await again.close();
  rmSync(directory, { recursive: true });
});

test('a killed engine is started again and what was asked meanwhile is answered', async () => {
  const directory = folder();
  const driver = await openChdb({ directory });
  process.kill(driver.engine.pid!, 'SIGKILL');
  const rows = await driver.query<{ one: number }>('SELECT 1 AS one');
  assert.equal(rows[0].one, 1);
  assert.equal(driver.engine.restarts, 1);
  assert.match(driver.engine.lastCrash, /SIGKILL/);
  await driver.close();
  rmSync(directory, { recursive: true });
});

test('a closed store says so', async () => {
  const directory = folder();
  const driver = await openChdb({ directory });
  await driver.close();
  await assert.rejects(driver.query('SELECT 1'), (error: StoreError) => error.code === 'store_closed');
  rmSync(directory, { recursive: true });
});
