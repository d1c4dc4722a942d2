/**
 * Times of every query of the page on a filled store: `node dist/bench/store.js DIRECTORY`. Median and worst of nine runs, after one
 * to warm up, each with the engine's default memory. Fill it with bench/store-fill.ts.
 */
import { readFileSync } from 'node:fs';
import { openStore } from '../src/store/store.js';

const RUNS = 9;

function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
const rssMb = (pid: number): number => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) / 1024;

async function main(): Promise<void> {
  const [directory] = process.argv.slice(2);
  const store = await openStore({ directory, keepHours: { detail: 1e6, abnormal: 1e6, rollup_10s: 1e6 } });
  const health = await store.health();
  const pid = store.enginePid()!;
  const { queries } = store;
  const [newest] = (await queries.requestList({ from: 0, to: Date.now() + 1e9 }, '', { limit: 1, budgetMs: Infinity })).rows;
  const to = Math.floor(Number(BigInt(newest.start) / 1_000_000n)) + 1;
  const hour = { from: to - 3600e3, to };
  const quarter = { from: to - 900e3, to };
  const all = { from: to - 24 * 3600e3, to };
  const anyTrace = (await queries.requestList(hour, '-trace:""', { limit: 1 })).rows[0];
  const slowOne = (await queries.requestList(hour, 'slow:yes', { limit: 1 })).rows[0];
  const second = await queries.requestList(hour, '', { limit: 100 });
  // A new filter each time: the engine remembers which granules a condition does not match.
  let runs = 0;
  const cases: Array<[string, () => Promise<unknown>]> = [
    ['overview, 15 min', () => queries.overview(quarter)],
    ['overview, 1 h', () => queries.overview(hour)],
    ['overview, 24 h', () => queries.overview(all)],
    ['heat map, 15 min', () => queries.heatmap(quarter)],
    ['heat map, 1 h', () => queries.heatmap(hour)],
    ['heat map, 1 h, service:service-3 error:yes', () => queries.heatmap(hour, 'service:service-3 error:yes')],
    ['heat map, 15 min, comm:curl (from rows)', () => queries.heatmap(quarter, `comm:curl,x${runs++}`)],
    ['list, 15 min', () => queries.requestList(quarter)],
    ['list, 1 h', () => queries.requestList(hour)],
    ['list, 1 h, second page', () => queries.requestList(hour, '', { cursor: second.nextCursor })],
    ['list, 24 h', () => queries.requestList(all)],
    ['list, 1 h, service and protocol', () => queries.requestList(hour, `service:service-${runs++ % 14} protocol:redis`)],
    ['list, 24 h, slow:yes', () => queries.requestList(all, 'slow:yes')],
    ['list, 24 h, error:yes service:service-3', () => queries.requestList(all, 'error:yes service:service-3')],
    ['list, 1 h, >1s', () => queries.requestList(hour, `>${1 + runs++ / 1e6}s`)],
    ['list, 1 h, nothing matches', () => queries.requestList(hour, `service:nobody${runs++}`)],
    ['list, 24 h, nothing matches', () => queries.requestList(all, `service:nobody${runs++}`)],
    ['list, 1 h, by duration', () => queries.requestList(hour, '', { sort: '-duration' })],
    ['list, 24 h, slow:yes by duration', () => queries.requestList(all, 'slow:yes', { sort: '-duration' })],
    ['list, 1 h, free text, common', () => queries.requestList(hour, `things/${runs++ % 40}`)],
    ['list, 15 min, free text, no match', () => queries.requestList(quarter, `nowhere-to-be-found${runs++}`)],
    ['list, 24 h, one trace', () => queries.requestList(all, `trace:${anyTrace.traceId}`)],
    ['request detail, newest', () => queries.requestDetail(newest.id)],
    ['request detail, a slow one', () => queries.requestDetail(slowOne.id)],
    ['request detail, no such id', () => queries.requestDetail('0123456789abcdef')],
    ['service, 1 h', () => queries.serviceDetail(hour, 'service-3')],
    ['service, 24 h', () => queries.serviceDetail(all, 'service-3')],
    ['health', () => store.health()],
  ];
  const out = [`${health.rows.toLocaleString('en')} rows, ${(health.bytes / 1e6).toFixed(0)} MB (${(health.bytes / health.rows).toFixed(0)} bytes a row with everything)`, '', '| query | median ms | worst ms | engine CPU ms |', '|---|---:|---:|---:|'];
  for (const [name, run] of cases) {
    await run();
    const times: number[] = [];
    const cpu = cpuSeconds(pid);
    for (let i = 0; i < RUNS; i++) {
      const started = performance.now();
      await run();
      times.push(performance.now() - started);
    }
    times.sort((a, b) => a - b);
    out.push(`| ${name} | ${times[RUNS >> 1].toFixed(1)} | ${times[RUNS - 1].toFixed(1)} | ${((1000 * (cpuSeconds(pid) - cpu)) / RUNS).toFixed(0)} |`);
  }
  out.push('', `Engine RSS after all queries: ${rssMb(pid).toFixed(0)} MB`);
  process.stdout.write(`${out.join('\n')}\n`);
  await store.close();
}

await main();
