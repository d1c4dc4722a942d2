/** (h) What stacks cost when somebody wants to see them: unwinding by itself, and a window of 1,000 samples with names, in the symbolizer's process. */
import { FlightRecorder } from '../../src/kernel/recorder.js';
import { readEvidence } from '../../src/profile/read-evidence.js';
import { Binaries } from '../../src/symbols/binaries.js';
import { ProcessSymbols } from '../../src/symbols/process-symbols.js';
import { RUNTIMES } from '../../src/symbols/runtimes.js';
import type { StackItem } from '../../src/symbols/stack-request.js';
import { Symbolizer } from '../../src/symbols/symbolizer.js';
import { unwindStack } from '../../src/symbols/unwind-stack.js';
import type { Arena } from '../arena.js';
import { rssBytes } from '../cpu-time.js';
import type { BenchOptions } from '../options.js';
import { progress } from '../progress.js';
import type { SymbolsRow } from '../results.js';
import { median } from '../statistics.js';
import { WORKLOAD_BY_NAME } from '../workloads/list.js';

const windowSamples = 1_000;
const recorderBytes = 16 << 20;
const warmUpPasses = 2;
const allOfIt = { withinMs: 120_000 };

export async function measureSymbols(arena: Arena, options: BenchOptions): Promise<SymbolsRow[]> {
  const rows: SymbolsRow[] = [];
  for (const name of options.workloads) {
    if (name === 'redis-pipelined') continue;
    const workload = WORKLOAD_BY_NAME[name];
    const server = await workload.start(arena);
    try {
      // Processes must live while their stacks are looked at: the load goes on.
      let loading = true;
      const load = workload.runSteadily(arena, server, options.seconds * 3).finally(() => { loading = false; });
      const items = await record(arena, () => loading);
      rows.push({ workload: name, samples: items.length, ...await unwind(items, options.rounds), ...await nameWindow(items, options.rounds) });
      await load;
    } finally {
      await server.stop();
    }
    progress(`symbols ${name}: ${rows.at(-1)?.unwindUs.toFixed(1)} us a stack`);
  }
  return rows;
}

function monotonicNs(): number {
  const [seconds, ns] = process.hrtime();
  return seconds * 1e9 + ns;
}

async function record(arena: Arena, loading: () => boolean): Promise<StackItem[]> {
  const fromNs = monotonicNs();
  const recorder = new FlightRecorder({ scope: { kind: 'cgroup', paths: [arena.servers.path] }, excludePids: [], bytesPerCpu: recorderBytes });
  try {
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, 500));
      const { samples } = readEvidence(recorder, { pids: new Set(arena.servers.pids()), fromNs, toNs: monotonicNs(), marginNs: 0 });
      if (samples.length < windowSamples / 10 && loading()) continue;
      if (samples.length === 0) throw new Error('no CPU samples were taken');
      return samples.slice(-windowSamples).map(({ pid, stack }) => ({ pid, copy: stack }));
    }
  } finally {
    recorder.close();
  }
}

async function unwind(items: readonly StackItem[], rounds: number): Promise<Pick<SymbolsRow, 'unwindUs' | 'framesPerStack' | 'wholeShare'>> {
  const binaries = new Binaries(new Map(), () => undefined);
  const processes = new Map<number, ProcessSymbols>();
  for (const { pid } of items) if (!processes.has(pid)) processes.set(pid, new ProcessSymbols(pid, binaries, RUNTIMES));
  for (const process of processes.values()) await process.refresh();
  const passes: number[] = [];
  let stacks = items.map(({ pid, copy }) => unwindStack(processes.get(pid)!, copy));
  for (let pass = 0; pass < warmUpPasses + rounds; pass++) {
    const before = process.cpuUsage();
    stacks = items.map(({ pid, copy }) => unwindStack(processes.get(pid)!, copy));
    const { user, system } = process.cpuUsage(before);
    passes.push((user + system) / items.length);
  }
  for (const process of processes.values()) process.forget();
  const frames = stacks.reduce((sum, stack) => sum + stack.frames.length, 0);
  return { unwindUs: median(passes.slice(warmUpPasses)), framesPerStack: frames / stacks.length, wholeShare: stacks.filter((stack) => stack.truncated === '').length / stacks.length };
}

/** Sent there and back included; the first time files are read and names looked up. */
async function nameWindow(items: readonly StackItem[], rounds: number): Promise<Pick<SymbolsRow, 'firstMs' | 'againMs' | 'rssBytes'>> {
  const window = Array.from({ length: windowSamples }, (_, i) => items[i % items.length]);
  const symbolizer = new Symbolizer();
  const timed = async (): Promise<number> => {
    const startMs = performance.now();
    await symbolizer.symbolize(window, allOfIt);
    return performance.now() - startMs;
  };
  try {
    const firstMs = await timed();
    const again: number[] = [];
    for (let round = 0; round < rounds; round++) again.push(await timed());
    return { firstMs, againMs: median(again), rssBytes: rssBytes(symbolizer.pid!) };
  } finally {
    await symbolizer.close();
  }
}
