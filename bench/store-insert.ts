/**
 * What storing costs: encoding a row, deciding on it, and the engine's CPU at a steady rate:
 * `node dist/bench/store-insert.js [ROWS_PER_SECOND] [SECONDS] [CUT_MS] [ROLLUP_ROWS_PER_SECOND]`.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DetailBudget } from '../src/store/budget.js';
import { encodeRollups } from '../src/store/rollup-encoder.js';
import { RowEncoder } from '../src/store/row-encoder.js';
import { openStore } from '../src/store/store.js';
import { sampleRecord, sampleRollup } from '../src/store/testing/sample-record.js';

const CALLS = 200_000;
const records = Array.from({ length: 512 }, (_, i) => sampleRecord({
  id: (i * 2654435761).toString(16).padStart(16, '0'), endpoint: `/e${i % 16}/*`, resource: `/e${i % 16}/${i}?session=${i * 7}`, slow: i % 100 === 0,
  connectionId: i, durationNs: 100_000 + i * 1000, requestPayload: i % 4 === 0 ? new Uint8Array(300).fill(65 + (i % 26)) : null,
  attributes: i % 2 === 0 ? { 'http.request.header.host': 'shop.example' } : {},
}));

function nsPerCall(name: string, call: (i: number) => void): string {
  for (let i = 0; i < CALLS / 10; i++) call(i);
  const started = process.hrtime.bigint();
  for (let i = 0; i < CALLS; i++) call(i);
  return `${name}: ${(Number(process.hrtime.bigint() - started) / CALLS).toFixed(0)} ns`;
}

const cpu = (pid: number): number => {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
};
const rssMb = (pid: number): number => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) / 1024;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function costs(): string[] {
  const encoder = new RowEncoder();
  const budget = new DetailBudget(2000);
  return [
    nsPerCall('encode a row', (i) => {
      encoder.add(records[i & 511]);
      if ((i & 1023) === 0) encoder.take();
    }),
    nsPerCall('decide on a row', (i) => { budget.decide(records[i & 511], i * 1e5); }),
  ];
}

async function steady(rowsPerSecond: number, seconds: number, cutMs: number, rollupRows: number): Promise<string[]> {
  const directory = mkdtempSync(join(tmpdir(), 'kindling-bench-'));
  const store = await openStore({ directory, cutMs });
  const pid = store.enginePid()!;
  await pause(500);
  const idleFrom = cpu(pid);
  await pause(3000);
  const idle = (cpu(pid) - idleFrom) / 3;
  const idleRss = rssMb(pid);
  const engineFrom = cpu(pid);
  const ownFrom = process.cpuUsage();
  const encoder = new RowEncoder();
  let n = 0;
  const started = Date.now();
  for (let tick = 0; tick < seconds * 10; tick++) {
    for (let i = 0; i < rowsPerSecond / 10; i++, n++) {
      const record = records[n & 511];
      record.start = `${Date.now()}${String(n % 1_000_000).padStart(6, '0')}`;
      encoder.add(record);
    }
    const taken = encoder.take();
    if (taken !== null) store.append('requests', taken.rowBinary, taken.rowCount);
    if (tick % 10 === 0 && rollupRows > 0) {
      const time = Math.floor(Date.now() / 10_000) * 10;
      store.append('rollup_10s', encodeRollups(Array.from({ length: rollupRows }, (_, i) => sampleRollup({ time, endpoint: `/e${i}/*` }))), rollupRows);
    }
    await pause(Math.max(0, started + (tick + 1) * 100 - Date.now()));
  }
  await store.flush();
  const own = process.cpuUsage(ownFrom);
  const elapsed = (Date.now() - started) / 1000;
  const lines = [
    `engine idle: ${idle.toFixed(3)} core, ${idleRss.toFixed(0)} MB`,
    `${rowsPerSecond} rows/s, cut every ${cutMs} ms, ${rollupRows} roll-up rows/s: engine ${((cpu(pid) - engineFrom) / elapsed).toFixed(3)} core, this process ${((own.user + own.system) / 1e6 / elapsed).toFixed(3)} core, engine RSS ${rssMb(pid).toFixed(0)} MB`,
  ];
  await store.close();
  rmSync(directory, { recursive: true });
  return lines;
}

const [rows = 2000, seconds = 20, cutMs = 700, rollupRows = 100] = process.argv.slice(2).map(Number);
process.stdout.write(`${[...costs(), ...await steady(rows, seconds, cutMs, rollupRows)].join('\n')}\n`);
