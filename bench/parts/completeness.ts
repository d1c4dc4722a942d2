/**
 * (a) Requests the client counted against those the agent counted (roll-ups: metrics and charts) and those it stored with
 * `--keep all`. Read from the store's files after the agent has stopped, so what it says of itself is not taken on trust.
 * What still waited in the spool then is sent first, as the agent's next start would.
 */
import { openChdb } from '../../src/store/chdb/driver.js';
import { openStore } from '../../src/store/store.js';
import type { Server } from '../../test/servers/server.js';
import type { Arena } from '../arena.js';
import { startAgent } from '../contenders/kindling.js';
import { ratePerSecond } from '../measure.js';
import type { BenchOptions } from '../options.js';
import { progress } from '../progress.js';
import type { CompletenessLoad, CompletenessRow } from '../results.js';
import { WORKLOAD_BY_NAME } from '../workloads/list.js';
import type { ClientResult, Workload } from '../workloads/workload.js';

/** Requests flat out come in whole pipelines for each client. */
const wholeNumber = 16 * 32;

export async function measureCompleteness(arena: Arena, options: BenchOptions): Promise<CompletenessRow[]> {
  const rows: CompletenessRow[] = [];
  for (const name of options.workloads) {
    for (const load of ['counted', 'flat out'] as const) {
      const row = await compareCounts(arena, WORKLOAD_BY_NAME[name], load, options.seconds);
      progress(`completeness ${name}, ${load}: client ${row.client}, counted ${row.counted}, stored ${row.stored}, losses: ${row.losses || 'none'}`);
      rows.push(row);
    }
  }
  return rows;
}

async function compareCounts(arena: Arena, workload: Workload, load: CompletenessLoad, seconds: number): Promise<CompletenessRow> {
  const server = await workload.start(arena);
  try {
    const run = await planLoad(arena, server, workload, load, seconds);
    const directory = arena.makeFolder('store');
    const watch = await startAgent(arena, { store: 'chdb', keep: 'all', directory });
    let result: ClientResult;
    let losses = '';
    try {
      result = await run();
    } finally {
      losses = await watch.stop();
    }
    await emptySpool(directory);
    const counts = await readCounts(directory, workload.counted);
    return { workload: workload.name, load, requestsPerSecond: ratePerSecond(result), client: result.requests, losses, ...counts };
  } finally {
    await server.stop();
  }
}

/** The trial that tells how many requests fit into the time is made before the agent watches. */
async function planLoad(arena: Arena, server: Server, workload: Workload, load: CompletenessLoad, seconds: number): Promise<() => Promise<ClientResult>> {
  if (load === 'counted') return () => workload.runCounted(arena, server, seconds);
  const trial = await workload.runFlatOut(arena, server, 1);
  const requests = Math.ceil(ratePerSecond(trial) * seconds / wholeNumber) * wholeNumber;
  return () => workload.runExactly(arena, server, requests);
}

async function emptySpool(directory: string): Promise<void> {
  const store = await openStore({ directory });
  try {
    await store.flush();
    const { spoolBatches, message } = await store.health();
    if (spoolBatches > 0) throw new Error(`${spoolBatches} batches stay in the spool: ${message}`);
  } finally {
    await store.close();
  }
}

async function readCounts(directory: string, condition: string): Promise<{ counted: number; stored: number }> {
  const store = await openChdb({ directory });
  try {
    const where = `role = 'server' AND ${condition}`;
    const [rollup] = await store.query<{ n: string }>(`SELECT sum(count) AS n FROM kindling.rollup_10s WHERE ${where}`);
    const [detail] = await store.query<{ n: string }>(`SELECT count() AS n FROM kindling.requests WHERE ${where}`);
    return { counted: Number(rollup.n), stored: Number(detail.n) };
  } finally {
    await store.close();
  }
}
