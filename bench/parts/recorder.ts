/** (h) What the flight recorder costs while nothing asks for a window: servers flat out, and two threads that do nothing but switch. */
import { join } from 'node:path';
import { run } from '../../test/servers/run.js';
import type { Arena } from '../arena.js';
import { bare } from '../contenders/bare.js';
import type { Watch } from '../contenders/contender.js';
import { startAgent } from '../contenders/kindling.js';
import { WatchingProcess } from '../contenders/process.js';
import { withBpfStats } from '../cpu-time.js';
import { measure, perRequestUs, ratePerSecond, type Sample } from '../measure.js';
import type { BenchOptions } from '../options.js';
import { progress } from '../progress.js';
import type { RecorderRow, RecorderVariant, SwitchRow, SwitchVariant } from '../results.js';
import { interleave } from '../rounds.js';
import { median, medianRatio } from '../statistics.js';
import { WORKLOAD_BY_NAME } from '../workloads/list.js';
import type { ClientResult, Workload } from '../workloads/workload.js';

const VARIANTS: readonly RecorderVariant[] = ['bare', 'recorder alone', 'agent', 'agent with recorder'];
const SWITCH_VARIANTS: readonly SwitchVariant[] = ['bare', 'recorder alone', 'perf record -e sched:sched_switch'];
const startTimeoutMs = 60_000;
/** Short repetitions and their minimum: what disturbs a loop only ever makes it slower. */
const repetitions = 20;
const roundsEach = 20_000;
/** The run in which the kernel accounts for BPF programs. */
const sideRunSeconds = 1;

export async function measureRecorder(arena: Arena, options: BenchOptions): Promise<{ recorder: RecorderRow[]; switches: SwitchRow[] }> {
  const switches = await measureSwitches(arena, options);
  const recorder: RecorderRow[] = [];
  for (const name of options.workloads) recorder.push(...await measureWorkload(arena, WORKLOAD_BY_NAME[name], options));
  return { recorder, switches };
}

async function measureWorkload(arena: Arena, workload: Workload, options: BenchOptions): Promise<RecorderRow[]> {
  const server = await workload.start(arena);
  const samples = new Map<RecorderVariant, Sample[]>(VARIANTS.map((variant) => [variant, []]));
  const accounted: Sample[] = [];
  try {
    await workload.runFlatOut(arena, server, 1);
    await interleave(VARIANTS, options.rounds, async (variant, round) => {
      const watch = await startVariant(arena, variant, () => bare.start(arena, server));
      try {
        const sample = await measure(arena, watch, () => workload.runFlatOut(arena, server, options.seconds));
        samples.get(variant)!.push(sample);
        if (variant === 'recorder alone') accounted.push(...await withAccount(arena, watch, () => workload.runFlatOut(arena, server, sideRunSeconds)));
        progress(`recorder ${workload.name}, round ${round + 1}, ${variant}: ${Math.round(ratePerSecond(sample))}/s, server ${serverUs(sample).toFixed(2)} us`);
      } finally {
        await watch.stop();
      }
    });
  } finally {
    await server.stop();
  }
  return VARIANTS.map((variant) => {
    const [mine, without] = [samples.get(variant)!, samples.get(withoutRecorder(variant))!];
    return {
      workload: workload.name, variant, requestsPerSecond: median(mine.map(ratePerSecond)), rateRatio: medianRatio(mine.map(ratePerSecond), without.map(ratePerSecond)),
      bpfUs: variant === 'recorder alone' && accounted.length > 0 ? median(accounted.map((sample) => perRequestUs(sample.bpfSeconds, sample))) : null,
      serverUs: median(mine.map(serverUs)), serverRatio: medianRatio(mine.map(serverUs), without.map(serverUs)),
    };
  });
}

const serverUs = (sample: Sample): number => perRequestUs(sample.serverCpuSeconds, sample);

/** In a run of its own, because the accounting itself costs time. Nothing where it may not be switched on. */
function withAccount(arena: Arena, watch: Watch, load: () => Promise<ClientResult>): Promise<Sample[]> {
  return withBpfStats(async (accounted) => (accounted ? [await measure(arena, watch, load)] : []));
}

/** What a variant is held against: the same without the recorder. */
function withoutRecorder(variant: RecorderVariant): RecorderVariant {
  return variant === 'agent with recorder' ? 'agent' : 'bare';
}

function startVariant(arena: Arena, variant: RecorderVariant, none: () => Promise<Watch>): Promise<Watch> {
  switch (variant) {
    case 'bare': return none();
    case 'recorder alone': return startRecorder(arena);
    case 'agent': return startAgent(arena, { store: 'off' });
    case 'agent with recorder': return startAgent(arena, { store: 'off', profile: true });
  }
}

async function startRecorder(arena: Arena): Promise<Watch> {
  const recorder = new WatchingProcess([process.execPath, 'dist/bench/recorder-alone.js', arena.servers.path], { cgroup: arena.watchers, env: { KINDLING_REQUIRE_SCOPE: '1' } });
  await recorder.waitUntil(() => recorder.output.includes('recording'), startTimeoutMs);
  return { get pids() { return arena.watchers.pids(); }, stop: async () => { await recorder.stop('SIGTERM'); return ''; } };
}

async function measureSwitches(arena: Arena, options: BenchOptions): Promise<SwitchRow[]> {
  const folder = arena.makeFolder('switches');
  const program = join(folder, 'ping-pong');
  await run(['cc', '-O2', '-pthread', '-o', program, 'bench/futex-ping-pong.c']);
  const times = new Map<SwitchVariant, number[]>(SWITCH_VARIANTS.map((variant) => [variant, []]));
  const perf = await hasPerf(arena, folder);
  await interleave(SWITCH_VARIANTS.filter((variant) => perf || !variant.startsWith('perf')), options.rounds, async (variant, round) => {
    const watch = variant === 'recorder alone' ? await startRecorder(arena) : null;
    try {
      const prefix = variant.startsWith('perf') ? perfCommand(folder) : [];
      const nsPerSwitch = await fastest(arena, [...prefix, program, String(roundsEach), '0']);
      times.get(variant)!.push(nsPerSwitch);
      progress(`recorder switches, round ${round + 1}, ${variant}: ${nsPerSwitch.toFixed(0)} ns`);
    } finally {
      await watch?.stop();
    }
  });
  const plain = times.get('bare')!;
  return SWITCH_VARIANTS.filter((variant) => times.get(variant)!.length > 0).map((variant) => {
    const mine = times.get(variant)!;
    const nsPerSwitch = Math.min(...mine);
    return { variant, nsPerSwitch, addedNs: variant === 'bare' ? null : nsPerSwitch - Math.min(...plain) };
  });
}

async function fastest(arena: Arena, command: string[]): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < repetitions; i++) times.push(Number(/^[\d.]+$/m.exec((await run(command, arena.serverPlace)).stdout)?.[0]));
  return Math.min(...times);
}

/** Only the program it starts itself. */
function perfCommand(folder: string): string[] {
  return ['perf', 'record', '-q', '-e', 'sched:sched_switch', '-o', join(folder, 'perf.data'), '--'];
}

/** It is there for scale: where it is missing, or finds no tracepoints, its row is missing. */
async function hasPerf(arena: Arena, folder: string): Promise<boolean> {
  return run([...perfCommand(folder), 'true'], arena.serverPlace).then(() => true, (error: Error) => { progress(`without perf: ${error.message.split('\n')[0]}`); return false; });
}
