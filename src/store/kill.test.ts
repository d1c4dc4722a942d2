import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openChdb } from './chdb/driver.js';
import { openStore } from './store.js';

const WRITER = fileURLToPath(new URL('./testing/kill-writer.js', import.meta.url));
const KILLS = 20;

const BATCH_ROWS = 200;

interface Writer { process: ChildProcess; spooled: () => number }

async function startWriter(directory: string, life: number): Promise<Writer> {
  const process = spawn(globalThis.process.execPath, [WRITER, directory, String(life)], { stdio: ['ignore', 'pipe', 'inherit'] });
  let last = 0;
  const lines = createInterface({ input: process.stdout! });
  lines.on('line', (line) => { if (line !== 'open') last = Number(line); });
  await once(lines, 'line');
  return { process, spooled: () => last };
}

async function killWriter(writer: Writer): Promise<number> {
  writer.process.kill('SIGKILL');
  await once(writer.process, 'close');
  return writer.spooled();
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const SOURCES: Record<string, string> = {
  rows: 'SELECT pid, count() AS c FROM kindling.requests GROUP BY pid',
  distinct: 'SELECT pid, uniqExact(id) AS c FROM kindling.requests GROUP BY pid',
  slow: 'SELECT pid, count() * 10 AS c FROM kindling.requests_abnormal GROUP BY pid',
  in10s: 'SELECT pid, sum(count) AS c FROM kindling.rollup_10s GROUP BY pid',
  in1m: 'SELECT pid, sum(count) AS c FROM kindling.rollup_1m GROUP BY pid',
  in1h: 'SELECT pid, sum(count) AS c FROM kindling.rollup_1h GROUP BY pid',
  histogram: 'SELECT pid, sum(arraySum(histogram.2)) AS c FROM kindling.rollup_1h GROUP BY pid',
};

/** Requests by life of the writer, as each table has them. */
async function countsByLife(directory: string): Promise<Record<string, Map<number, number>>> {
  const driver = await openChdb({ directory });
  const found: Record<string, Map<number, number>> = {};
  for (const [name, sql] of Object.entries(SOURCES)) {
    const rows = await driver.query<{ pid: string; c: string }>(sql);
    found[name] = new Map(rows.map((r) => [Number(r.pid), Number(r.c)]));
  }
  await driver.close();
  return found;
}

/** Every third kill takes the whole writer, the others its engine, at moments spread over the inserts. */
test('20 kill -9 during inserts: every spooled batch counts exactly once, in rows and in every roll-up', { timeout: 170_000 }, async () => {
  const directory = mkdtempSync(join(tmpdir(), 'kindling-kill-'));
  const spooled: number[] = [];
  let writer = await startWriter(directory, 0);
  for (let kill = 0; kill < KILLS; kill++) {
    await pause(120 + (kill * 37) % 150);
    if (kill % 3 === 2) {
      spooled.push(await killWriter(writer));
      writer = await startWriter(directory, spooled.length);
    } else process.kill(await enginePid(directory), 'SIGKILL');
  }
  await pause(300);
  spooled.push(await killWriter(writer));

  const store = await openStore({ directory });
  await store.flush();
  const health = await store.health();
  await store.close();
  const found = await countsByLife(directory);
  rmSync(directory, { recursive: true });

  assert.deepEqual([health.spoolBatches, health.droppedBatches], [0, 0]);
  spooled.forEach((acknowledged, life) => {
    // A writer killed between the spool and saying so leaves at most one batch more.
    const possible = [acknowledged, acknowledged + BATCH_ROWS];
    const of = (name: string): number => found[name].get(life) ?? 0;
    assert.ok(acknowledged > 0 && possible.includes(of('rows')) && possible.includes(of('in10s')), `life ${life}: ${acknowledged} spooled, ${of('rows')} rows, ${of('in10s')} in roll-ups`);
    for (const name of ['distinct', 'slow']) assert.equal(of(name), of('rows'), `${name} of life ${life}`);
    for (const name of ['in1m', 'in1h', 'histogram']) assert.equal(of(name), of('in10s'), `${name} of life ${life}`);
  });
});

/** The engine was perhaps started again since: its pid stands in the lock. */
async function enginePid(directory: string): Promise<number> {
  for (;;) {
    try {
      const { pid } = JSON.parse(readFileSync(join(directory, 'kindling.lock'), 'utf8')) as { pid: number };
      process.kill(pid, 0);
      return pid;
    } catch {
      await pause(20);
    }
  }
}
