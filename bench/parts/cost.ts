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
type CostSample = Sample & { rss: number; bpfUs: number | null };
/** An agent runs for days: its code is compiled by then. A load that leaves it mostly idle would take minutes to that. */
const warmUpSeconds = 5;
/** At the load that is measured V8 compiles some of it anew, on threads that count: that takes a while. */
const settleSeconds = 8;
/** The run in which the kernel accounts for BPF programs. */
const sideRunSeconds = 2;

export async function measureCost(arena: Arena, options: BenchOptions): Promise<CostRow[]> {
  const rows: CostRow[] = [];
  for (const name of options.workloads) rows.push(...await measureWorkload(arena, WORKLOAD_BY_NAME[name], options));
  return rows;
}

async function measureWorkload(arena: Arena, workload: Workload, options: BenchOptions): Promise<CostRow[]> {
  const server = await workload.start(arena);
  const samples: Record<Variant, CostSample[]> = { bare: [], 'capture only': [], 'with store': [] };
  try {
    await workload.runSteadily(arena, server, 1);
    await interleave(variants, options.rounds, async (variant, round) => {
      const watch = await startVariant(arena, server, variant);
      try {
        if (variant !== 'bare') await workload.runFlatOut(arena, server, warmUpSeconds);
        await workload.runSteadily(arena, server, variant === 'bare' ? sideRunSeconds : settleSeconds);
        const sample = await measure(arena, watch, () => workload.runSteadily(arena, server, options.seconds));
        const rss = watch.pids.reduce((sum, pid) => sum + rssBytes(pid), 0);
        const bpfUs = variant === 'bare' ? null : await measureBpf(arena, server, watch, workload);
        samples[variant].push({ ...sample, rss, bpfUs });
        progress(`cost ${workload.name}, round ${round + 1}, ${variant}: ${Math.round(ratePerSecond(sample))}/s, agent ${us(sample.watcherCpuSeconds, sample)}, BPF ${bpfUs?.toFixed(2) ?? '-'}, server ${us(sample.serverCpuSeconds, sample)} us`);
      } finally {
        await watch.stop();
      }
    });
  } finally {
    await server.stop();
  }
  return (['capture only', 'with store'] as const).map((variant) => summarise(workload, variant, samples[variant], samples.bare));
}

const us = (seconds: number, sample: Sample): string => perRequestUs(seconds, sample).toFixed(2);

/** In a run of its own, because the accounting itself costs the server time. Null where it may not be switched on. */
function measureBpf(arena: Arena, server: Server, watch: Watch, workload: Workload): Promise<number | null> {
  return withBpfStats(async (accounted) => {
    if (!accounted) return null;
    const sample = await measure(arena, watch, () => workload.runSteadily(arena, server, sideRunSeconds));
    return perRequestUs(sample.bpfSeconds, sample);
  });
}

function startVariant(arena: Arena, server: Server, variant: Variant): Promise<Watch> {
  if (variant === 'bare') return bare.start(arena, server);
  return startAgent(arena, { store: variant === 'with store' ? 'chdb' : 'off' });
}

function summarise(workload: Workload, variant: AgentVariant, samples: CostSample[], bareSamples: CostSample[]): CostRow {
  const bpf = samples.flatMap((sample) => sample.bpfUs ?? []);
  const bpfUs = bpf.length > 0 ? median(bpf) : null;
  const serverUs = (sample: Sample) => perRequestUs(sample.serverCpuSeconds, sample);
  return {
    workload: workload.name,
    variant,
    requestsPerSecond: median(samples.map(ratePerSecond)),
    agentUs: median(samples.map((sample) => perRequestUs(sample.watcherCpuSeconds, sample))),
    bpfUs,
    agentCores: median(samples.map((sample) => (sample.watcherCpuSeconds + (bpfUs ?? 0) * sample.requests / 1e6) / sample.seconds)),
    serverUs: median(samples.map(serverUs)),
    serverRatio: medianRatio(samples.map(serverUs), bareSamples.map(serverUs)),
    rssBytes: median(samples.map((sample) => sample.rss)),
  };
}
