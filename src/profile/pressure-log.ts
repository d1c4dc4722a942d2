/**
 * What the kernel accounts to processes and their cgroups (held back by a CPU limit, page faults that read a disk, memory limits met), looked
 * at a few times a second, so that it can be told for a window afterwards.
 */
import { readFileSync } from 'node:fs';
import type { Pressure } from './profile.js';

/** Readings kept of each process: at four a second a minute. */
const KEPT = 240;
const MAX_PROCESSES = 300;
const MAX_LEVELS = 8;
const NO_LIMIT_BYTES = 2 ** 60;
/** A process may be moved to another cgroup. */
const FOLDERS_RENEWED_NS = 10e9;

export interface Reading {
  ns: number;
  throttled: number | null;
  throttledNs: number | null;
  majorFaults: number | null;
  /** Times that the cgroup (or one above) was at its memory limit, and the limit; null: there is none. */
  memoryLimited: number | null;
  memoryLimitBytes: number | null;
}

/** Of the process's cgroups, from its own upwards. */
interface Folders { cpu: string[]; memory: string[] }

interface Watched { folders: Folders; foldersNs: number; readings: Reading[] }

export class PressureLog {
  readonly #processes = new Map<number, Watched>();

  readonly #mounts: Record<Controller, ControllerMounts>;

  /** @param mounts of the controllers: see controllerMounts */
  constructor(mounts?: Record<Controller, ControllerMounts>) {
    this.#mounts = mounts ?? { cpu: controllerMounts('cpu'), memory: controllerMounts('memory') };
  }

  /** @param folders of its cgroups, where they are known */
  watch(pid: number, nowNs: number, folders?: Folders): void {
    if (this.#processes.has(pid)) return;
    if (this.#processes.size >= MAX_PROCESSES) for (const oldest of this.#processes.keys()) { this.#processes.delete(oldest); break; }
    const watched: Watched = { folders: folders ?? { cpu: [], memory: [] }, foldersNs: folders ? Infinity : -Infinity, readings: [] };
    this.#processes.set(pid, watched);
    this.#read(pid, watched, nowNs);
  }

  /** To be called a few times a second. */
  sample(nowNs: number): void {
    for (const [pid, watched] of this.#processes) if (!this.#read(pid, watched, nowNs)) this.#processes.delete(pid);
  }

  /** One process, now: what happened since the last look counts, too. */
  look(pid: number, nowNs: number): void {
    const watched = this.#processes.get(pid);
    if (watched !== undefined) this.#read(pid, watched, nowNs);
  }

  /** From the last reading before the window to the first after it (or the last there is). */
  between(pid: number, fromNs: number, toNs: number): Pressure {
    const readings = this.#processes.get(pid)?.readings ?? [];
    const first = readings.findLast(({ ns }) => ns <= fromNs) ?? readings[0];
    const last = readings.find(({ ns }) => ns >= toNs) ?? readings.at(-1);
    if (first === undefined || last === undefined || first === last) return { throttled: null, throttledNs: null, majorFaults: null };
    return {
      throttled: grown(first.throttled, last.throttled), throttledNs: grown(first.throttledNs, last.throttledNs), majorFaults: grown(first.majorFaults, last.majorFaults),
      memoryLimited: grown(first.memoryLimited, last.memoryLimited), memoryLimitBytes: last.memoryLimitBytes,
    };
  }

  #read(pid: number, watched: Watched, nowNs: number): boolean {
    if (nowNs - watched.foldersNs > FOLDERS_RENEWED_NS) {
      const cgroup = read(`/proc/${pid}/cgroup`) ?? '';
      watched.folders = { cpu: controllerFolders('cpu', cgroup, this.#mounts.cpu), memory: controllerFolders('memory', cgroup, this.#mounts.memory) };
      watched.foldersNs = nowNs;
    }
    const stat = read(`/proc/${pid}/stat`);
    if (stat === null) return false;
    // Fields behind the name, which may hold anything: state is the third, major faults the twelfth.
    const majorFaults = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[9]);
    watched.readings.push({ ns: nowNs, majorFaults, ...throttling(watched.folders.cpu), ...memoryLimit(watched.folders.memory) });
    if (watched.readings.length > KEPT) watched.readings.shift();
    return true;
  }
}

function grown(before: number | null, after: number | null): number | null {
  return before === null || after === null ? null : Math.max(0, after - before);
}

export type Controller = 'cpu' | 'memory';

export interface ControllerMounts {
  /** Where cgroup v1 has the controller, and where cgroup v2 is mounted; null: nowhere. */
  v1: string | null;
  v2: string | null;
}

export function controllerMounts(controller: Controller, mounts = read('/proc/self/mounts') ?? ''): ControllerMounts {
  const found: ControllerMounts = { v1: null, v2: null };
  for (const line of mounts.split('\n')) {
    const [, path, type, options] = line.split(' ');
    if (type === 'cgroup2') found.v2 ??= path;
    else if (type === 'cgroup' && options.split(',').includes(controller)) found.v1 ??= path;
  }
  return found;
}

/** Folders of the process's cgroup of a controller and those above it, as `cgroup` (/proc/PID/cgroup) tells: a limit may stand at any. */
export function controllerFolders(controller: Controller, cgroup: string, mounts: ControllerMounts): string[] {
  let path: string | null = null;
  let mount: string | null = null;
  for (const line of cgroup.split('\n')) {
    const [id, controllers, ...rest] = line.split(':');
    if (mounts.v1 !== null && (controllers ?? '').split(',').includes(controller)) [mount, path] = [mounts.v1, rest.join(':')];
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

/** Of the level nearest to the process that has a limit. v1: memory.limit_in_bytes, as good as none is a huge number; v2: memory.max, or `max`. */
function memoryLimit(folders: readonly string[]): { memoryLimited: number | null; memoryLimitBytes: number | null } {
  for (const folder of folders) {
    const bytes = Number(read(`${folder}/memory.max`) ?? read(`${folder}/memory.limit_in_bytes`) ?? NaN);
    if (!(bytes < NO_LIMIT_BYTES)) continue;
    const events = read(`${folder}/memory.events`);
    const times = events === null ? read(`${folder}/memory.failcnt`) : /^max (\d+)$/m.exec(events)?.[1] ?? null;
    return { memoryLimited: times === null ? null : Number(times), memoryLimitBytes: bytes };
  }
  return { memoryLimited: null, memoryLimitBytes: null };
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return null; // it ended, or there is none
  }
}
