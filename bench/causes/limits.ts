/** What holds a process back, whichever generation of cgroups has the controller: CPU quota, memory; and priorities. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findCgroup2, run, type Cgroup, type Server } from '../../test/servers/index.js';
import { isAbandoned, ownerTag } from '../../test/servers/owner.js';

export type Limit = { controller: 'cpu'; quotaUs: number; periodUs: number } | { controller: 'memory'; bytes: number };

/** Of 1,024 that anybody else has. */
const FIRST_SHARES = '50000';

let counter = 0;

/** Takes effect at once. Returns how to take it back; with cgroup v2 it goes with the server's own group. */
export async function limit(server: Server, group: Cgroup, what: Limit): Promise<() => Promise<void>> {
  const root = findVersion1(what.controller);
  if (root === null) {
    limitVersion2(server, group, what);
    return async () => {};
  }
  await removeAbandonedIn(root);
  const path = join(root, `kindling-limit-${ownerTag()}-${counter++}`);
  mkdirSync(path);
  for (const [file, value] of Object.entries(version1Files(what))) writeFileSync(join(path, file), value);
  writeFileSync(join(path, 'cgroup.procs'), String(server.pid));
  return async () => {
    await server.stop();
    await removeGroup(path);
  };
}

function version1Files(what: Limit): Record<string, string> {
  if (what.controller === 'memory') return { 'memory.limit_in_bytes': String(what.bytes) };
  return { 'cpu.shares': FIRST_SHARES, 'cpu.cfs_period_us': String(what.periodUs), 'cpu.cfs_quota_us': String(what.quotaUs) };
}

/** In a group of its own below the traced one: a controller is not given to a group that has processes itself. */
function limitVersion2(server: Server, group: Cgroup, what: Limit): void {
  const own = group.child(`limit-${counter++}`);
  writeFileSync(join(own.path, 'cgroup.procs'), String(server.pid));
  const root = findCgroup2();
  const above: string[] = [];
  for (let path = dirname(own.path); path.startsWith(root); path = dirname(path)) above.unshift(path);
  for (const path of above) writeFileSync(join(path, 'cgroup.subtree_control'), `+${what.controller}`);
  if (what.controller === 'memory') writeFileSync(join(own.path, 'memory.max'), String(what.bytes));
  else writeFileSync(join(own.path, 'cpu.max'), `${what.quotaUs} ${what.periodUs}`);
}

/** Where the first generation has this controller; null: it has not. */
function findVersion1(controller: string): string | null {
  const mounts = readFileSync('/proc/mounts', 'latin1').split('\n').map((line) => line.split(' '));
  const mount = mounts.find(([, , type, options]) => type === 'cgroup' && options.split(',').includes(controller));
  return mount === undefined ? null : mount[1];
}

async function removeAbandonedIn(root: string): Promise<void> {
  for (const name of readdirSync(root).filter(isAbandoned)) await removeGroup(join(root, name));
}

/** EBUSY while its last processes are being reaped. */
async function removeGroup(path: string): Promise<void> {
  for (let attempt = 0; existsSync(path); attempt++) {
    try {
      rmdirSync(path);
    } catch (error) {
      if (attempt >= 250) throw new Error(`cannot remove ${path}: ${(error as Error).message}`);
      await delay(20);
    }
  }
}

/**
 * Processes that come first when CPUs are short: what else runs on the machine shall not become the cause. A nice value would not
 * do: where the scheduler groups by session (autogroup) it counts only within one, and PostgreSQL gives each backend its own.
 */
export class FirstInLine {
  private constructor(private readonly path: string | null) {}

  static async create(): Promise<FirstInLine> {
    const root = findVersion1('cpu');
    if (root === null) return new FirstInLine(null);
    await removeAbandonedIn(root);
    const path = join(root, `kindling-first-${ownerTag()}-${counter++}`);
    mkdirSync(path);
    writeFileSync(join(path, 'cpu.shares'), FIRST_SHARES);
    return new FirstInLine(path);
  }

  /** With what it starts from now on. */
  add(pid: number): void {
    const session = `/proc/${pid}/autogroup`;
    if (this.path !== null) writeFileSync(join(this.path, 'cgroup.procs'), String(pid));
    else if (existsSync(session)) writeFileSync(session, '-10');
  }

  /** The command that starts among them, with all that it starts. */
  command(command: readonly string[]): string[] {
    return this.path === null ? [...command] : ['/bin/sh', '-c', 'echo $$ >"$0" && exec "$@"', join(this.path, 'cgroup.procs'), ...command];
  }

  /** When its processes have ended. */
  async remove(): Promise<void> {
    if (this.path !== null) await removeGroup(this.path);
  }
}

/** For causes of very many short waits: after each of them the process would queue behind whatever else runs. */
export async function preferAtOnce(pid: number): Promise<void> {
  await run(['chrt', '--all-tasks', '--fifo', '--pid', '10', String(pid)]);
}
