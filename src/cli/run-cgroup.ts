/** A cgroup of its own for the command of `run`. */
import { accessSync, constants, mkdirSync, readFileSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { cgroup2Mounts } from '../kernel/cgroup.js';

/** The folder, or null where none can be made (then the process tree is the scope). */
export function createRunCgroup(pid: number): string | null {
  for (const parent of parents()) {
    const path = join(parent, `kindling-run-${pid}`);
    try {
      mkdirSync(path);
      accessSync(join(path, 'cgroup.procs'), constants.W_OK);
      return path;
    } catch {
      removeRunCgroup(path);
    }
  }
  return null;
}

/** False while processes of the command are still in it. */
export function removeRunCgroup(path: string): boolean {
  try {
    rmdirSync(path);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT';
  }
}

/** Below the cgroup this process is in: limits that hold for it hold for the command as well; else below the root. */
function parents(): string[] {
  const own = /^0::(.*)$/m.exec(readFileSync('/proc/self/cgroup', 'utf8'))?.[1];
  const mounts = cgroup2Mounts();
  return [...(own === undefined ? [] : mounts.map((mount) => join(mount, own))), ...mounts];
}
