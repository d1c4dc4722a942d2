/** A cgroup v2 of our own: what is started in it is what gets traced, and it all goes with it. */
import { existsSync, mkdirSync, readFileSync, readdirSync, rmdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

export class Cgroup {
  constructor(readonly path: string) {}

  static create(name: string): Cgroup {
    const path = join(findCgroup2(), name);
    try {
      mkdirSync(path);
    } catch (error) {
      throw new Error(`cannot create the cgroup ${path}: ${(error as Error).message}. Run as root, and in a container with a writable cgroup v2.`);
    }
    return new Cgroup(path);
  }

  /** The kernel's id, which is what BPF programs compare. */
  get id(): bigint {
    return statSync(this.path, { bigint: true }).ino;
  }

  child(name: string): Cgroup {
    const path = join(this.path, name);
    mkdirSync(path);
    return new Cgroup(path);
  }

  /** Processes in it, without those of child groups. */
  pids(): number[] {
    return readFileSync(join(this.path, 'cgroup.procs'), 'latin1').split('\n').filter(Boolean).map(Number);
  }

  /** Ends everything in it at once and removes it. Safe to call twice. */
  async remove(): Promise<void> {
    for (let attempt = 0; existsSync(this.path); attempt++) {
      killAll(this.path);
      try {
        removeTree(this.path);
      } catch (error) {
        // EBUSY while killed processes are still being reaped.
        if (attempt >= 250) throw new Error(`cannot remove the cgroup ${this.path}: ${(error as Error).message}`);
        await delay(20);
      }
    }
  }
}

/** Where cgroup v2 is mounted: /sys/fs/cgroup, or .../unified on a hybrid machine. */
export function findCgroup2(): string {
  const line = readFileSync('/proc/mounts', 'utf8').split('\n').find((mount) => mount.split(' ')[2] === 'cgroup2');
  if (line === undefined) throw new Error('cgroup v2 is not mounted. As root: mount -t cgroup2 none /sys/fs/cgroup/unified');
  return line.split(' ')[1].replaceAll('\\040', ' ');
}

function children(path: string): string[] {
  return readdirSync(path, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => join(path, entry.name));
}

function killAll(path: string): void {
  try {
    writeFileSync(join(path, 'cgroup.kill'), '1');
    return;
  } catch {
    // before Linux 5.14, or gone meanwhile
  }
  for (const child of existsSync(path) ? children(path) : []) killAll(child);
  for (const pid of existsSync(path) ? new Cgroup(path).pids() : []) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // ended by itself
    }
  }
}

function removeTree(path: string): void {
  for (const child of children(path)) removeTree(child);
  rmdirSync(path);
}
