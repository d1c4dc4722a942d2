/**
 * The kernel side at work: loads the BPF object for a scope, attaches it, and hands its records over in the order of
 * their times, over all CPUs. One thread owns it; nothing here waits.
 */
import { randomBytes } from 'node:crypto';
import { release } from 'node:os';
import { Config, Counter, Limits, Scope as ScopeCode } from '../events/layout.generated.js';
import { lossesOf, type Loss } from '../errors/losses.js';
import { KindlingError } from '../errors/index.js';
import { addon, built, type BpfObject, type NativeError } from './addon.js';
import { cgroup2Mounts, resolveCgroup } from './cgroup.js';
import { drainInOrder, type RecordHandler } from './drain.js';
import { CGROUP_PROGRAMS, checkKernel, isOldKernel, planHooks, type HookMode, type HookPlan } from './hooks.js';
import { PidSet } from './pid-set.js';
import { processTree } from './process-tree.js';
import { RingReader, type RingGeometry } from './ring.js';

export interface CaptureTarget {
  scope: { kind: 'cgroup'; paths: string[] } | { kind: 'tree'; pids: number[]; followed?: boolean } | { kind: 'all' };
  excludePids: readonly number[];
  /** Data ring per CPU in bytes; rounded up to a power of two of segments. */
  ringBytes: number;
  hooks: HookMode;
}

const CONTROL_SEGMENTS = 8;

export class KernelCapture {
  readonly plan: HookPlan;
  readonly #object: BpfObject;
  readonly #readers: RingReader[] = [];
  readonly #policies: Uint32Array;
  readonly #excluded: PidSet;
  readonly #traced: PidSet;
  #closed = false;
  /** Records handed over, and their bytes. */
  records = 0;

  constructor(target: CaptureTarget) {
    checkKernel();
    this.plan = planHooks(target.hooks);
    const { BpfObject, possibleCpus } = addon();
    const cpus = possibleCpus();
    const dataSegments = Math.max(2, 2 ** Math.ceil(Math.log2(target.ringBytes / Limits.DATA_SEGMENT)));
    const key = randomBytes(8);
    this.#object = new BpfObject(built('bpf/kindling.bpf.o'));
    try {
      this.#configure(target, cpus, dataSegments, key);
      this.#load();
      const pids = this.#traced = new PidSet(this.#object.mmap('scope_pids', true));
      this.#excluded = new PidSet(this.#object.mmap('excluded_pids', true));
      this.exclude([process.pid, ...target.excludePids]);
      this.#policies = new Uint32Array(this.#object.mmap('policies', true));
      this.#createReaders(cpus, dataSegments, key);
      if (target.scope.kind === 'tree') for (const pid of processTree(target.scope)) pids.add(pid);
      this.#attach(target.scope);
      // Whoever forked between the listing and the attachment.
      if (target.scope.kind === 'tree') for (const pid of processTree(target.scope)) pids.add(pid);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  exclude(pids: readonly number[]): void {
    for (const pid of pids) this.#excluded.add(pid);
  }

  /**
   * With a scope of processes: those that are in it now, as the kernel side followed them. A process id of the command line may
   * be another program's by now.
   */
  tracedPids(): number[] {
    return this.#traced.all();
  }

  /** Payload bytes that the kernel copies of each call on this connection from now on; 0: it only counts. */
  setCapture(connection: number, bytes: number): void {
    const slot = (connection % Limits.POLICIES) * 2;
    this.#policies[slot] = Math.min(bytes, Limits.MAX_CAPTURE);
    this.#policies[slot + 1] = connection % 2 ** 32;
  }

  /** See drainInOrder. */
  drain(now: number, limit: number, handle: RecordHandler): number {
    const done = drainInOrder(this.#readers, now, limit, handle);
    this.records += done;
    return done;
  }

  /** Bytes that wait in the fullest data ring, as a share of it. */
  fill(): number {
    let most = 0;
    for (const reader of this.#readers) most = Math.max(most, reader.backlog() / reader.capacity);
    return most;
  }

  bytes(): number {
    let sum = 0;
    for (const reader of this.#readers) sum += reader.taken;
    return sum;
  }

  losses(): Loss[] {
    const lost = { data: 0, control: 0 };
    for (const reader of this.#readers) lost[reader.kind] += reader.lost;
    return lossesOf({
      ring_overwritten: lost.data, control_overwritten: lost.control, payload_fault: this.#counter(Counter.COUNT_PAYLOAD_FAULT),
      no_connection_memory: this.#counter(Counter.COUNT_NO_CONNECTION), long_vector: this.#counter(Counter.COUNT_LONG_VECTOR),
    });
  }

  /** CPU seconds spent in the programs; null while the kernel does not count (sysctl kernel.bpf_stats_enabled). */
  kernelSeconds(): number | null {
    let ns = 0;
    for (const { name, use } of this.plan.programs) if (use) ns += this.#object.runTime(name).ns;
    return ns === 0 ? null : ns / 1e9;
  }

  /** Whether datagrams carry who sent them: without that a socket's peers cannot be told apart. */
  tellsSenders(): boolean {
    return this.plan.mode === 'syscall' || this.plan.programs.every(({ name, use }) => use || !CGROUP_PROGRAMS.includes(name));
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#object.close();
  }

  #configure(target: CaptureTarget, cpus: number, dataSegments: number, key: Buffer): void {
    const object = this.#object;
    for (const { name, use } of this.plan.programs) object.setAutoload(name, use);
    object.setMaxEntries('data_segments', cpus * dataSegments);
    object.setMaxEntries('data_rings', cpus);
    object.setMaxEntries('control_segments', cpus * CONTROL_SEGMENTS);
    object.setMaxEntries('control_rings', cpus);
    const image = object.initialValue('.rodata.config');
    const view = new DataView(image.buffer);
    image.set(key, Config.key);
    view.setUint32(Config.cpus, cpus, true);
    view.setUint32(Config.dataSegments, dataSegments, true);
    view.setUint32(Config.controlSegments, CONTROL_SEGMENTS, true);
    view.setUint32(Config.capture, Limits.MAX_CAPTURE, true);
    view.setUint32(Config.socketStorage, this.plan.mode === 'socket' ? 1 : 0, true);
    writeScope(view, target.scope);
    object.setInitialValue('.rodata.config', image);
  }

  #load(): void {
    try {
      this.#object.load();
    } catch (error) {
      throw loadFailure(error as NativeError);
    }
  }

  #createReaders(cpus: number, dataSegments: number, key: Buffer): void {
    const kinds = [
      { kind: 'control', segments: CONTROL_SEGMENTS, segmentBytes: Limits.CONTROL_SEGMENT, slackBytes: Limits.CONTROL_SLACK },
      { kind: 'data', segments: dataSegments, segmentBytes: Limits.DATA_SEGMENT, slackBytes: Limits.DATA_SLACK },
    ] as const;
    for (const { kind, ...geometry } of kinds) {
      const segments = this.#object.mmap(`${kind}_segments`, false);
      const rings = this.#object.mmap(`${kind}_rings`, false);
      for (let cpu = 0; cpu < cpus; cpu++) {
        const of: RingGeometry = { ...geometry, cpu };
        this.#readers.push(new RingReader(kind, segments, rings, of, key.readUInt32LE(0), key.readUInt32LE(4)));
      }
    }
  }

  #attach(scope: CaptureTarget['scope']): void {
    const folders = scope.kind === 'cgroup' ? scope.paths.map((path) => resolveCgroup(path).path) : cgroup2Mounts().slice(0, 1);
    for (const program of this.plan.programs) {
      if (!program.use) continue;
      try {
        if (CGROUP_PROGRAMS.includes(program.name)) for (const folder of folders) this.#object.attachCgroup(program.name, folder);
        else this.#object.attach(program.name);
      } catch (error) {
        if (CGROUP_PROGRAMS.includes(program.name)) {
          // Only clients of unconnected datagram sockets stay unknown then.
          Object.assign(program, { use: false, reason: (error as Error).message });
          continue;
        }
        throw new KindlingError('BPF_ATTACH_FAILED', { reason: `${program.name}: ${(error as Error).message}` });
      }
    }
  }

  #counter(index: number): number {
    const key = new Uint8Array(new Uint32Array([index]).buffer);
    const values = this.#object.lookup('counters', key);
    if (!values) return 0;
    let sum = 0n;
    for (const value of new BigUint64Array(values.buffer)) sum += value;
    return Number(sum);
  }
}

export function writeScope(view: DataView, scope: CaptureTarget['scope']): void {
  const code = { cgroup: ScopeCode.CGROUP, tree: ScopeCode.TREE, all: ScopeCode.ALL }[scope.kind];
  view.setUint32(Config.scope, code, true);
  if (scope.kind !== 'cgroup') return;
  if (scope.paths.length > Limits.MAX_SCOPES)
    throw new KindlingError('OPTIONS_CONFLICT', { first: `${scope.paths.length} cgroups`, second: `the limit of ${Limits.MAX_SCOPES} (a common parent counts once)` });
  view.setUint32(Config.scopeCount, scope.paths.length, true);
  scope.paths.forEach((path, i) => {
    const { id, level } = resolveCgroup(path);
    view.setBigUint64(Config.scopes + i * 16, id, true);
    view.setUint32(Config.scopes + i * 16 + 8, level, true);
  });
}

/** The verifier's last useful line, and how many were left out. */
function loadFailure(error: NativeError): KindlingError {
  const lines = (error.log ?? '').split('\n').filter((line) => line !== '' && !/^(processed|libbpf: failed|-- )/.test(line));
  const last = lines.at(-1) ?? '';
  if (isOldKernel()) return new KindlingError('KERNEL_TOO_OLD', { release: release(), feature: `what ${error.message} needs: ${last}` }, { cause: error });
  const left = lines.length > 1 ? ` (${lines.length - 1} lines of the log left out)` : '';
  return new KindlingError('BPF_LOAD_FAILED', { object: 'kindling.bpf.o', reason: `${error.message}; ${last}${left}` }, { cause: error });
}
