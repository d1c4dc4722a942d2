/**
 * (a) Requests the client counted against those the agent counted (roll-ups: metrics and charts) and those it stored with
 * `--keep all`. Read from the store's files after the agent has stopped, so what it says of itself is not taken on trust.
 */
import { openChdb } from '../../src/store/chdb/driver.js';
import type { Arena } from '../arena.js';
import { startAgent } from '../contenders/kindling.js';
import type { BenchOptions } from '../options.js';
import { progress } from '../progress.js';
import type { CompletenessRow } from '../results.js';
import { WORKLOAD_BY_NAME } from '../workloads/list.js';
import type { Workload } from '../workloads/workload.js';

/** Planned from a trial: as many as fit into the seconds given, in whole pipelines. */
const wholeNumber = 16 * 8;

export async function measureCompleteness(arena: Arena, options: BenchOptions): Promise<CompletenessRow[]> {
  const rows: CompletenessRow[] = [];
  for (const name of options.workloads) {
    const row = await compareCounts(arena, WORKLOAD_BY_NAME[name], options.seconds);
    progress(`completeness ${name}: client ${row.client}, counted ${row.counted}, stored ${row.stored}${row.losses && `, losses: ${row.losses}`}`);
    rows.push(row);
  }
  return rows;
}

async function compareCounts(arena: Arena, workload: Workload, seconds: number): Promise<CompletenessRow> {
  const server = await workload.start(arena);
  try {
    const trial = await workload.runFlatOut(arena, server, 1);
    const requests = Math.ceil(trial.requests / trial.seconds * seconds / wholeNumber) * wholeNumber;
    const directory = arena.makeFolder('store');
    const watch = await startAgent(arena, { store: 'chdb', keep: 'all', directory });
    let client = 0;
    let losses = '';
    try {
      client = (await workload.runExactly(arena, server, requests)).requests;
    } finally {
      losses = await watch.stop();
    }
    return { workload: workload.name, client, losses, ...await readCounts(directory, workload.counted) };
  } finally {
    await server.stop();
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
