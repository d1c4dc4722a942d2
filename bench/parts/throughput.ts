/** (b) Throughput and tail latency flat out: bare, with Kindling, with tcpdump, with strace. */
import type { Arena } from '../arena.js';
import type { ContenderName, BenchOptions } from '../options.js';
import { CONTENDER_BY_NAME } from '../contenders/list.js';
import { measure, perRequestUs, ratePerSecond, type Sample } from '../measure.js';
import { progress } from '../progress.js';
import type { ThroughputRow } from '../results.js';
import { interleave } from '../rounds.js';
import { median, medianRatio, spread } from '../statistics.js';
import { WORKLOAD_BY_NAME } from '../workloads/list.js';
import type { Workload } from '../workloads/workload.js';

interface Runs { samples: Sample[]; lost: string[] }

export async function measureThroughput(arena: Arena, options: BenchOptions): Promise<ThroughputRow[]> {
  const rows: ThroughputRow[] = [];
  for (const name of options.workloads) rows.push(...await measureWorkload(arena, WORKLOAD_BY_NAME[name], options));
  return rows;
}

async function measureWorkload(arena: Arena, workload: Workload, options: BenchOptions): Promise<ThroughputRow[]> {
  const server = await workload.start(arena);
  const runs = new Map<ContenderName, Runs>(options.contenders.map((name) => [name, { samples: [], lost: [] }]));
  try {
    await workload.runFlatOut(arena, server, 1);
    await interleave(options.contenders, options.rounds, async (name, round) => {
      const watch = await CONTENDER_BY_NAME[name].start(arena, server);
      let lost = '';
      try {
        const sample = await measure(arena, watch, () => workload.runFlatOut(arena, server, options.seconds));
        runs.get(name)?.samples.push(sample);
        progress(`throughput ${workload.name}, round ${round + 1}, ${name}: ${Math.round(ratePerSecond(sample))}/s, p99 ${sample.p99Ms.toFixed(2)} ms`);
      } finally {
        lost = await watch.stop();
      }
      if (lost !== '') runs.get(name)?.lost.push(lost);
    });
  } finally {
    await server.stop();
  }
  const bare = runs.get('bare')?.samples ?? null;
  return options.contenders.map((name) => summarise(workload, name, runs.get(name) as Runs, bare));
}

function summarise(workload: Workload, contender: ContenderName, { samples, lost }: Runs, bare: Sample[] | null): ThroughputRow {
  const serverUs = (sample: Sample) => perRequestUs(sample.serverCpuSeconds, sample);
  const ratio = (read: (sample: Sample) => number) => bare === null ? null : medianRatio(samples.map(read), bare.map(read));
  return {
    workload: workload.name,
    contender,
    requestsPerSecond: median(samples.map(ratePerSecond)),
    rateSpread: spread(samples.map(ratePerSecond)),
    rateRatio: ratio(ratePerSecond),
    p99Ms: median(samples.map((sample) => sample.p99Ms)),
    p99Ratio: ratio((sample) => sample.p99Ms),
    serverUs: median(samples.map(serverUs)),
    serverRatio: ratio(serverUs),
    watcherUs: median(samples.map((sample) => perRequestUs(sample.watcherCpuSeconds, sample))),
    lost,
  };
}
