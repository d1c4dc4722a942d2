/** (c) What the agent costs per request at a steady load, and what the traced server pays, each against a bare run of the same round. */
import type { Arena } from '../arena.js';
import { bare } from '../contenders/bare.js';
import { startAgent } from '../contenders/kindling.js';
import type { Watch } from '../contenders/contender.js';
import { rssBytes, withBpfStats } from '../cpu-time.js';
import { measure, perRequestUs, ratePerSecond, type Sample } from '../measure.js';
import type { BenchOptions } from '../options.js';
import { progress } from '../progress.js';
import type { AgentVariant, CostRow } from '../results.js';
import { interleave } from '../rounds.js';
import { median, medianRatio } from '../statistics.js';
import { WORKLOAD_BY_NAME } from '../workloads/list.js';
import type { Server } from '../../test/servers/server.js';
import type { Workload } from '../workloads/workload.js';

const variants = ['bare', 'capture only', 'with store'] as const;
type Variant = (typeof variants)[number];
type CostSample = Sample & { rss: number };

export function measureCost(arena: Arena, options: BenchOptions): Promise<CostRow[]> {
  return withBpfStats(async (accounted) => {
    const rows: CostRow[] = [];
    for (const name of options.workloads) rows.push(...await measureWorkload(arena, WORKLOAD_BY_NAME[name], options, accounted));
    return rows;
  });
}

async function measureWorkload(arena: Arena, workload: Workload, options: BenchOptions, accounted: boolean): Promise<CostRow[]> {
  const server = await workload.start(arena);
  const samples: Record<Variant, CostSample[]> = { bare: [], 'capture only': [], 'with store': [] };
  try {
    await workload.runSteadily(arena, server, 1);
    await interleave(variants, options.rounds, async (variant, round) => {
      const watch = await startVariant(arena, server, variant);
      try {
        // The first second warms the agent's code up: it runs for days.
        await workload.runSteadily(arena, server, 1);
        const sample = await measure(arena, watch, () => workload.runSteadily(arena, server, options.seconds));
        samples[variant].push({ ...sample, rss: watch.pids.reduce((sum, pid) => sum + rssBytes(pid), 0) });
        progress(`cost ${workload.name}, round ${round + 1}, ${variant}: ${Math.round(ratePerSecond(sample))}/s, agent ${perRequestUs(sample.watcherCpuSeconds, sample).toFixed(2)} us, BPF ${perRequestUs(sample.bpfSeconds, sample).toFixed(2)} us, server ${perRequestUs(sample.serverCpuSeconds, sample).toFixed(2)} us`);
      } finally {
        await watch.stop();
      }
    });
  } finally {
    await server.stop();
  }
  return (['capture only', 'with store'] as const).map((variant) => summarise(workload, variant, samples[variant], samples.bare, accounted));
}

function startVariant(arena: Arena, server: Server, variant: Variant): Promise<Watch> {
  if (variant === 'bare') return bare.start(arena, server);
  return startAgent(arena, { store: variant === 'with store' ? 'chdb' : 'off' });
}

function summarise(workload: Workload, variant: AgentVariant, samples: CostSample[], bareSamples: CostSample[], accounted: boolean): CostRow {
  const serverUs = (sample: Sample) => perRequestUs(sample.serverCpuSeconds, sample);
  return {
    workload: workload.name,
    variant,
    requestsPerSecond: median(samples.map(ratePerSecond)),
    agentUs: median(samples.map((sample) => perRequestUs(sample.watcherCpuSeconds, sample))),
    bpfUs: accounted ? median(samples.map((sample) => perRequestUs(sample.bpfSeconds, sample))) : null,
    agentCores: median(samples.map((sample) => (sample.watcherCpuSeconds + sample.bpfSeconds) / sample.seconds)),
    serverUs: median(samples.map(serverUs)),
    serverRatio: medianRatio(samples.map(serverUs), bareSamples.map(serverUs)),
    rssBytes: median(samples.map((sample) => sample.rss)),
  };
}
