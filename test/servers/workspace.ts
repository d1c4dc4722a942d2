/**
 * Where servers live: one temporary folder and one cgroup. Both go when it is closed, and also when this process is
 * killed: a shell outside of our session holds the reading end of a pipe and cleans up when the writing end is gone.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { chownSync, chmodSync, mkdtempSync, readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Cgroup, findCgroup2 } from './cgroup.js';
import { isAbandoned, ownerTag } from './owner.js';
import { serverUser } from './user.js';

export class Workspace {
  private constructor(readonly directory: string, readonly cgroup: Cgroup, private readonly reaper: ChildProcess) {}

  /** `label`: lower-case letters and digits. */
  static async create(label: string): Promise<Workspace> {
    await removeAbandoned();
    const prefix = `kindling-${label}-${ownerTag()}-`;
    const directory = mkdtempSync(join(tmpdir(), prefix));
    const user = serverUser();
    chownSync(directory, user.uid, user.gid);
    chmodSync(directory, 0o755);
    try {
      const cgroup = Cgroup.create(prefix + directory.slice(-6));
      return new Workspace(directory, cgroup, startReaper(cgroup, directory));
    } catch (error) {
      await rm(directory, { recursive: true, force: true });
      throw error;
    }
  }

  /** Ends every process in the cgroup, removes cgroup and folder. */
  async close(): Promise<void> {
    await this.cgroup.remove();
    await rm(this.directory, { recursive: true, force: true, maxRetries: 5 });
    this.reaper.stdin?.end();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/** The reaper does what close() does, idempotently; cgroup.kill needs Linux 5.14, the loop serves older ones. */
const reaperScript = `
cat >/dev/null
for round in 1 2 3 4 5 6 7 8 9 10; do
  [ -d "$1" ] || break
  echo 1 2>/dev/null >"$1/cgroup.kill" || for pid in $(cat "$1"/cgroup.procs "$1"/*/cgroup.procs 2>/dev/null); do kill -9 "$pid"; done
  rmdir "$1"/*/ "$1" 2>/dev/null
  sleep 0.2
done
rm -rf "$2"
`;

function startReaper(cgroup: Cgroup, directory: string): ChildProcess {
  const reaper = spawn('/bin/sh', ['-c', reaperScript, 'kindling-reaper', cgroup.path, directory], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    cwd: '/',
  });
  reaper.unref();
  (reaper.stdin as unknown as { unref(): void }).unref();
  return reaper;
}

/** What earlier runs left whose reaper was killed too (a machine that ran out of memory, kill -9 on the whole session). */
async function removeAbandoned(): Promise<void> {
  const root = findCgroup2();
  for (const name of readdirSync(root).filter(isAbandoned)) await new Cgroup(join(root, name)).remove();
  for (const name of readdirSync(tmpdir()).filter(isAbandoned)) await rm(join(tmpdir(), name), { recursive: true, force: true });
}
