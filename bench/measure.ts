/** One run of a client against a server that something watches: what came through, and whose CPU time it took. */
import type { Arena } from './arena.js';
import type { Watch } from './contenders/contender.js';
import { bpfRunTime, cgroupCpuSeconds } from './cpu-time.js';
import type { ClientResult } from './workloads/workload.js';

export interface Sample extends ClientResult {
  /** CPU seconds during the run. Of the server's: includes what hooks cost in its system calls. */
  serverCpuSeconds: number;
  clientCpuSeconds: number;
  watcherCpuSeconds: number;
  /** Of the watcher's BPF programs, already contained in what they interrupted; 0 unless accounting is on. */
  bpfSeconds: number;
}

export async function measure(arena: Arena, watch: Watch, client: () => Promise<ClientResult>): Promise<Sample> {
  const before = readCpu(arena, watch);
  const result = await client();
  const after = readCpu(arena, watch);
  return {
    ...result,
    serverCpuSeconds: after.server - before.server,
    clientCpuSeconds: after.client - before.client,
    watcherCpuSeconds: after.watcher - before.watcher,
    bpfSeconds: after.bpf - before.bpf,
  };
}

function readCpu(arena: Arena, watch: Watch) {
  return {
    server: cgroupCpuSeconds(arena.servers),
    client: cgroupCpuSeconds(arena.clients),
    watcher: cgroupCpuSeconds(arena.watchers),
    bpf: bpfRunTime(watch.pids).seconds,
  };
}

export const perRequestUs = (seconds: number, sample: Sample): number => seconds / sample.requests * 1e6;
export const ratePerSecond = (sample: ClientResult): number => sample.requests / sample.seconds;
