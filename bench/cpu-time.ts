/** CPU time as the kernel accounts for it: of a cgroup, and of the BPF programs a process holds. */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Cgroup } from '../test/servers/cgroup.js';

/** Seconds used by all processes that are or were in the group; exact to the microsecond, unlike the user/system split. */
export function cgroupCpuSeconds(cgroup: Cgroup): number {
  const usage = /^usage_usec (\d+)$/m.exec(readFileSync(join(cgroup.path, 'cpu.stat'), 'latin1'));
  if (usage === null) throw new Error(`${cgroup.path}/cpu.stat has no usage_usec`);
  return Number(usage[1]) / 1e6;
}

export function rssBytes(pid: number): number {
  const line = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'));
  return line === null ? 0 : Number(line[1]) * 1024;
}

export interface BpfRunTime { seconds: number; runs: number }

/** Run time of the BPF programs that these processes hold; zero while kernel.bpf_stats_enabled is 0. */
export function bpfRunTime(pids: number[]): BpfRunTime {
  const byId = new Map<string, { ns: number; runs: number }>();
  for (const pid of pids) {
    for (const text of fdInfos(pid)) {
      const id = /^prog_id:\t(\d+)$/m.exec(text)?.[1];
      const ns = /^run_time_ns:\t(\d+)$/m.exec(text)?.[1];
      if (id !== undefined && ns !== undefined) byId.set(id, { ns: Number(ns), runs: Number(/^run_cnt:\t(\d+)$/m.exec(text)?.[1] ?? 0) });
    }
  }
  const programs = [...byId.values()];
  return { seconds: programs.reduce((sum, one) => sum + one.ns, 0) / 1e9, runs: programs.reduce((sum, one) => sum + one.runs, 0) };
}

function fdInfos(pid: number): string[] {
  const folder = `/proc/${pid}/fdinfo`;
  return readdirSync(folder).flatMap((fd) => {
    try {
      return [readFileSync(join(folder, fd), 'latin1')];
    } catch {
      return []; // closed meanwhile
    }
  });
}

const statsSwitch = '/proc/sys/kernel/bpf_stats_enabled';

/**
 * Accounting of BPF run time is a switch of the whole machine and costs every program some 20 ns a run: on only while
 * measured, and set back to what it was. Returns false where it may not be changed.
 */
export async function withBpfStats<T>(work: (accounted: boolean) => Promise<T>): Promise<T> {
  const before = readFileSync(statsSwitch, 'latin1').trim();
  const restore = () => writeFileSync(statsSwitch, before);
  try {
    writeFileSync(statsSwitch, '1');
  } catch {
    return work(before === '1');
  }
  process.once('exit', restore);
  try {
    return await work(true);
  } finally {
    process.removeListener('exit', restore);
    restore();
  }
}
