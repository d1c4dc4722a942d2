/** (e) The agent's memory under a steady HTTP load, without and with its store. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Arena } from '../arena.js';
import { startAgent } from '../contenders/kindling.js';
import { rssBytes } from '../cpu-time.js';
import type { BenchOptions } from '../options.js';
import { progress } from '../progress.js';
import type { AgentVariant, MemoryRow } from '../results.js';
import { median } from '../statistics.js';
import { WORKLOAD_BY_NAME } from '../workloads/list.js';

/** Heaps and caches find their size first. */
const warmUpSeconds = 10;
const sampleEveryMs = 1000;
/** Growth is judged between medians of the ends, not single values: a garbage collection may fall anywhere. */
const endShare = 0.2;

export async function watchMemory(arena: Arena, options: BenchOptions): Promise<MemoryRow[]> {
  const rows: MemoryRow[] = [];
  for (const variant of ['capture only', 'with store'] as const) {
    const row = await watchVariant(arena, variant, options.memorySeconds);
    progress(`memory, ${variant}: ${toMiB(row.firstBytes)} -> ${toMiB(row.lastBytes)} MiB in ${row.seconds} s`);
    rows.push(row);
  }
  return rows;
}

async function watchVariant(arena: Arena, variant: AgentVariant, seconds: number): Promise<MemoryRow> {
  const workload = WORKLOAD_BY_NAME.http;
  const server = await workload.start(arena);
  const watch = await startAgent(arena, { store: variant === 'with store' ? 'chdb' : 'off' });
  const samples: number[] = [];
  try {
    await workload.runSteadily(arena, server, warmUpSeconds);
    let loading = true;
    const load = workload.runSteadily(arena, server, seconds).finally(() => { loading = false; });
    while (loading) {
      await delay(sampleEveryMs);
      samples.push(watch.pids.reduce((sum, pid) => sum + rssBytes(pid), 0));
    }
    await load;
  } finally {
    await watch.stop();
    await server.stop();
  }
  const end = Math.max(1, Math.floor(samples.length * endShare));
  return { variant, seconds, firstBytes: median(samples.slice(0, end)), lastBytes: median(samples.slice(-end)), maxBytes: Math.max(...samples) };
}

const toMiB = (bytes: number): number => Math.round(bytes / 2 ** 20);
