/** Process ids to what people call them: service, program, container. Looked up once per connection. */
import { BoundedCache } from '../requests/bounded-cache.js';
import { parseCgroup } from './cgroup.js';
import { ContainerNames } from './container-names.js';
import { Proc } from './proc.js';
import { programName } from './program-name.js';

export interface ProcessInfo {
  pid: number;
  comm: string;
  /** Container name (or short id), else systemd unit, else program. */
  service: string;
  program: string;
  /** First 12 characters of the container's id, '' outside of any. */
  container: string;
  containerId: string;
  podUid: string;
  unit: string;
}

interface Entry {
  info: ProcessInfo;
  /** When it is read again. */
  expiresMs: number;
  reads: number;
}

const CACHED = 8_192;
/** A process may be seen between fork and exec: the first answer is soon read again. */
const FIRST_TTL_MS = 1_000;
const TTL_MS = 60_000;

export class Processes {
  readonly #known = new BoundedCache<number, Entry>(CACHED);

  /** @param nowMs any steady clock */
  constructor(readonly nowMs: () => number, readonly proc = new Proc(), readonly names = new ContainerNames()) {}

  /** @param comm used when the process is already gone and was never seen before */
  get(pid: number, comm: string): ProcessInfo {
    const known = this.#known.get(pid);
    const now = this.nowMs();
    if (known !== undefined && now < known.expiresMs) return known.info;
    const read = this.#read(pid);
    const reads = (known?.reads ?? 0) + 1;
    const info = read ?? known?.info ?? gone(pid, comm);
    this.#known.set(pid, { info, reads, expiresMs: now + (reads === 1 ? FIRST_TTL_MS : TTL_MS) });
    return info;
  }

  /** It ended, or became another program. */
  forget(pid: number): void {
    this.#known.delete(pid);
  }

  #read(pid: number): ProcessInfo | null {
    const { proc } = this;
    const comm = proc.comm(pid);
    const cmdline = proc.cmdline(pid);
    // A zombie still has its name, but nothing that tells what it was.
    if (comm === null || cmdline === null || cmdline.length === 0) return null;
    const program = programName({ comm, cmdline, exe: proc.exe(pid), cwd: proc.cwd(pid), readFile: (file) => proc.fileOf(pid, file) });
    const { container, containerId, podUid, unit } = parseCgroup(proc.cgroup(pid) ?? '');
    const service = (containerId && this.names.get(containerId)) || container || unit || program;
    return { pid, comm, service, program, container, containerId, podUid, unit };
  }
}

function gone(pid: number, comm: string): ProcessInfo {
  return { pid, comm, service: comm || 'unknown', program: comm, container: '', containerId: '', podUid: '', unit: '' };
}
