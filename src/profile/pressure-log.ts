/**
 * What the kernel accounts to processes and their cgroups (held back by a CPU limit, page faults that read a disk), looked
 * at a few times a second, so that it can be told for a window afterwards.
 */
import { readFileSync } from 'node:fs';
import type { Pressure } from './profile.js';

/** Readings kept of each process: at four a second a minute. */
const KEPT = 240;
const MAX_PROCESSES = 300;
const MAX_LEVELS = 8;
/** A process may be moved to another cgroup. */
const FOLDERS_RENEWED_NS = 10e9;

export interface Reading { ns: number; throttled: number | null; throttledNs: number | null; majorFaults: number | null }

interface Watched { folders: string[]; foldersNs: number; readings: Reading[] }

export class PressureLog {
  readonly #processes = new Map<number, Watched>();

  /** @param mounts of the CPU controller: see cpuMounts */
  constructor(private readonly mounts: CpuMounts = cpuMounts()) {}

  /** @param folders of its CPU cgroup, where they are known */
  watch(pid: number, nowNs: number, folders?: string[]): void {
    if (this.#processes.has(pid)) return;
    if (this.#processes.size >= MAX_PROCESSES) for (const oldest of this.#processes.keys()) { this.#processes.delete(oldest); break; }
    const watched: Watched = { folders: folders ?? [], foldersNs: folders ? Infinity : -Infinity, readings: [] };
    this.#processes.set(pid, watched);
    this.#read(pid, watched, nowNs);
  }

  /** To be called a few times a second. */
  sample(nowNs: number): void {
    for (const [pid, watched] of this.#processes) if (!this.#read(pid, watched, nowNs)) this.#processes.delete(pid);
  }

  /** From the last reading before the window to the first after it (or the last there is). */
  between(pid: number, fromNs: number, toNs: number): Pressure {
    const readings = this.#processes.get(pid)?.readings ?? [];
    const first = readings.findLast(({ ns }) => ns <= fromNs) ?? readings[0];
    const last = readings.find(({ ns }) => ns >= toNs) ?? readings.at(-1);
    if (first === undefined || last === undefined || first === last) return { throttled: null, throttledNs: null, majorFaults: null };
    return { throttled: grown(first.throttled, last.throttled), throttledNs: grown(first.throttledNs, last.throttledNs), majorFaults: grown(first.majorFaults, last.majorFaults) };
  }

  #read(pid: number, watched: Watched, nowNs: number): boolean {
    if (nowNs - watched.foldersNs > FOLDERS_RENEWED_NS) {
      watched.folders = cpuFolders(read(`/proc/${pid}/cgroup`) ?? '', this.mounts);
      watched.foldersNs = nowNs;
    }
    const stat = read(`/proc/${pid}/stat`);
    if (stat === null) return false;
    // Fields behind the name, which may hold anything: state is the third, major faults the twelfth.
    const majorFaults = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[9]);
    const { throttled, throttledNs } = throttling(watched.folders);
    watched.readings.push({ ns: nowNs, throttled, throttledNs, majorFaults });
    if (watched.readings.length > KEPT) watched.readings.shift();
    return true;
  }
}

function grown(before: number | null, after: number | null): number | null {
  return before === null || after === null ? null : Math.max(0, after - before);
}

export interface CpuMounts {
  /** Where cgroup v1's CPU controller and cgroup v2 are mounted; null: nowhere. */
  v1: string | null;
  v2: string | null;
}

export function cpuMounts(mounts = read('/proc/self/mounts') ?? ''): CpuMounts {
  const found: CpuMounts = { v1: null, v2: null };
  for (const line of mounts.split('\n')) {
    const [, path, type, options] = line.split(' ');
    if (type === 'cgroup2') found.v2 ??= path;
    else if (type === 'cgroup' && options.split(',').includes('cpu')) found.v1 ??= path;
  }
  return found;
}

/** Folders of the process's CPU cgroup and those above it, as `cgroup` (/proc/PID/cgroup) tells: a limit may stand at any. */
export function cpuFolders(cgroup: string, mounts: CpuMounts): string[] {
  let path: string | null = null;
  let mount: string | null = null;
  for (const line of cgroup.split('\n')) {
    const [id, controllers, ...rest] = line.split(':');
    if (mounts.v1 !== null && (controllers ?? '').split(',').includes('cpu')) [mount, path] = [mounts.v1, rest.join(':')];
    else if (id === '0' && mount === null && mounts.v2 !== null) [mount, path] = [mounts.v2, rest.join(':')];
  }
  if (mount === null || path === null || path.includes('/..')) return [];
  const folders: string[] = [];
  for (let at = path; at !== '' && at !== '/' && folders.length < MAX_LEVELS; at = at.slice(0, at.lastIndexOf('/'))) folders.push(mount + at);
  return folders;
}

/** Sums over the levels: whichever holds the limit. Null where no level accounts for it. */
function throttling(folders: readonly string[]): { throttled: number | null; throttledNs: number | null } {
  let throttled: number | null = null;
  let throttledNs: number | null = null;
  for (const folder of folders) {
    const text = read(`${folder}/cpu.stat`);
    if (text === null) continue;
    const field = (name: string) => { const found = new RegExp(`^${name} (\\d+)$`, 'm').exec(text); return found ? Number(found[1]) : null; };
    const times = field('nr_throttled');
    const usec = field('throttled_usec');
    const ns = usec === null ? field('throttled_time') : usec * 1_000;
    if (times !== null) throttled = (throttled ?? 0) + times;
    if (ns !== null) throttledNs = (throttledNs ?? 0) + ns;
  }
  return { throttled, throttledNs };
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return null; // it ended, or there is none
  }
}
