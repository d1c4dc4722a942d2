/** cgroup v2 paths to what the kernel side compares: id and depth. */
import { readFileSync, statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { KindlingError } from '../errors/index.js';

export interface CgroupTarget {
  path: string;
  /** Inode number of the folder = cgroup id. */
  id: bigint;
  /** Depth below the root of the hierarchy. */
  level: number;
}

/** Mount points of cgroup2, longest first. */
export function cgroup2Mounts(mounts = readFileSync('/proc/mounts', 'utf8')): string[] {
  return mounts.split('\n').map((line) => line.split(' ')).filter((fields) => fields[2] === 'cgroup2').map((fields) => fields[1])
    .sort((a, b) => b.length - a.length);
}

/** Accepts a folder, or a path below the root as /proc/PID/cgroup shows it. */
export function resolveCgroup(path: string): CgroupTarget {
  const mounts = cgroup2Mounts();
  if (mounts.length === 0) throw new KindlingError('CGROUP_MOUNT_MISSING');
  for (const mount of mounts) {
    for (const candidate of [resolve(path), join(mount, path)]) {
      if (candidate !== mount && !candidate.startsWith(`${mount}/`)) continue;
      const found = statSync(candidate, { bigint: true, throwIfNoEntry: false });
      if (!found?.isDirectory()) continue;
      const below = relative(mount, candidate);
      return { path: candidate, id: found.ino, level: below === '' ? 0 : below.split('/').length };
    }
  }
  throw new KindlingError('CGROUP_NOT_FOUND', { path });
}
