/** (e) What a process out of scope pays for each system call while the agent watches others. */
import { join } from 'node:path';
import { run } from '../../test/servers/run.js';
import type { Server } from '../../test/servers/server.js';
import type { Arena } from '../arena.js';
import { bare } from '../contenders/bare.js';
import { startAgent } from '../contenders/kindling.js';
import type { BenchOptions } from '../options.js';
import { progress } from '../progress.js';
import type { SyscallRow } from '../results.js';
import { interleave } from '../rounds.js';
import { WORKLOAD_BY_NAME } from '../workloads/list.js';

const variants = ['bare', 'socket hooks', 'fallback hooks'] as const;
type Variant = (typeof variants)[number];
/** Short repetitions and their minimum, over all rounds: what disturbs a loop only ever makes it slower. */
const repetitions = 20;
const callsEach = 1_000_000;

export async function measureSyscalls(arena: Arena, options: BenchOptions): Promise<SyscallRow[]> {
  const program = join(arena.makeFolder('syscall'), 'loop');
  await run(['cc', '-O2', '-o', program, 'bench/syscall-loop.c']);
  const server = await WORKLOAD_BY_NAME.redis.start(arena);
  const results: Record<Variant, number[]> = { bare: [], 'socket hooks': [], 'fallback hooks': [] };
  try {
    await interleave(variants, options.rounds, async (variant, round) => {
      const watch = await startVariant(arena, server, variant);
      try {
        const nsPerCall = await fastestLoop(arena, program);
        results[variant].push(nsPerCall);
        progress(`syscall, round ${round + 1}, ${variant}: ${nsPerCall.toFixed(1)} ns`);
      } finally {
        await watch.stop();
      }
    });
  } finally {
    await server.stop();
  }
  return variants.map((variant) => summarise(variant, results[variant], results.bare));
}

async function fastestLoop(arena: Arena, program: string): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < repetitions; i++) times.push(Number((await run([program, String(callsEach)], arena.clientPlace)).stdout));
  return Math.min(...times);
}

function startVariant(arena: Arena, server: Server, variant: Variant) {
  if (variant === 'bare') return bare.start(arena, server);
  return startAgent(arena, { store: 'off', hooks: variant === 'socket hooks' ? 'socket' : 'syscall' });
}

function summarise(variant: Variant, times: number[], bareTimes: number[]): SyscallRow {
  const nsPerCall = Math.min(...times);
  return { variant, nsPerCall, addedNs: variant === 'bare' ? null : nsPerCall - Math.min(...bareTimes) };
}
