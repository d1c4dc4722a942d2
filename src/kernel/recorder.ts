/**
 * The flight recorder (bpf/recorder.bpf.c): loaded and attached while it is wanted, overwritten all the time, read only for
 * the window of a request. One thread owns it.
 */
import { randomBytes } from 'node:crypto';
import { Config, RecorderConfig, Switch } from '../events/layout.generated.js';
import { KindlingError } from '../errors/index.js';
import { addon, built, type BpfObject } from './addon.js';
import { writeScope, type CaptureTarget } from './capture.js';
import { NoteRings, type NoteHandler } from './note-rings.js';
import { PidSet } from './pid-set.js';
import { processTree } from './process-tree.js';
import { EXITS, EXITS_AWAITED, NEEDED, planRecorder, SAMPLER, SOCKETS, STATES, type RecorderPlan } from './recorder-hooks.js';
import { divideMemory, memoryBytes, type RecorderMemory } from './recorder-memory.js';
import { SwitchRings, type SwitchHandler } from './switch-ring.js';

export type { SwitchHandler } from './switch-ring.js';
export type { NoteHandler } from './note-rings.js';

export interface RecorderOptions extends Pick<CaptureTarget, 'scope' | 'excludePids'> {
  /** Memory per CPU, bytes; rounded up to a power of two. recorder-memory.ts divides it. */
  bytesPerCpu: number;
  /** Writes to logs are kept: hooks on those calls, or at the exit of every system call where the kernel has no others. Default true. */
  logs?: boolean;
  /** CPU samples a second and CPU; 0: none. Default 99. */
  samplesPerSecond?: number;
  /** Shortest block of a thread whose stack, and whose call with its object, is kept. Defaults 1 ms and 0.2 ms. */
  blockNs?: number;
  operationNs?: number;
}

/** Stacks of blocks: on average so far apart on a CPU, and how many at once. */
const BLOCK_INTERVAL_NS = 1e9 / 200;
const BLOCK_BURST_NS = 100 * BLOCK_INTERVAL_NS;
const ENODEV = 19;

interface Hook { name: string; state: 'attached' | 'skipped' | 'failed'; reason: string }

export class FlightRecorder {
  readonly samplePeriodNs: number;
  /** Of all CPUs. */
  readonly memoryBytes: number;
  readonly #object: BpfObject;
  readonly #switches: SwitchRings;
  readonly #notes: NoteRings;
  readonly #excluded: PidSet;
  readonly #needsExits: Uint32Array;
  readonly #hooks: Hook[] = [];
  #closed = false;

  /** Nothing from before is known. Monotonic. */
  readonly startedNs: number;

  constructor(options: RecorderOptions) {
    const { BpfObject, possibleCpus } = addon();
    const samples = options.samplesPerSecond ?? 99;
    this.samplePeriodNs = samples > 0 ? Math.round(1e9 / samples) : 0;
    const cpus = possibleCpus();
    const memory = divideMemory(options.bytesPerCpu, cpus);
    this.memoryBytes = memoryBytes(memory);
    const plan = planRecorder({ logs: options.logs ?? true, samples: samples > 0, tree: options.scope.kind === 'tree' });
    const lacking = plan.programs.find(({ name, use }) => !use && NEEDED.includes(name));
    if (lacking !== undefined) throw new KindlingError('BPF_ATTACH_FAILED', { reason: lacking.reason });
    const key = randomBytes(8);
    const keys = [key.readUInt32LE(0), key.readUInt32LE(4)] as const;
    this.#object = new BpfObject(built('bpf/recorder.bpf.o'));
    try {
      this.#configure(options, plan, memory, key);
      this.#object.load();
      this.#excluded = new PidSet(this.#object.mmap('excluded_pids', true));
      this.exclude([process.pid, ...options.excludePids]);
      const pids = new PidSet(this.#object.mmap('scope_pids', true));
      if (options.scope.kind === 'tree') for (const pid of processTree(options.scope)) pids.add(pid);
      this.#switches = new SwitchRings(this.#object.mmap('recorder_segments', false), this.#object.mmap('recorder_rings', false), cpus, memory.switchSegments, ...keys);
      this.#notes = new NoteRings(this.#object.mmap('note_segments', false), this.#object.mmap('note_rings', false), memory.notes, ...keys);
      this.#needsExits = new Uint32Array(this.#object.mmap('.data.needs_exits', false));
      this.#attach(plan, cpus);
      this.startedNs = monotonicNs();
      // Whoever forked between the listing and the attachment.
      if (options.scope.kind === 'tree') for (const pid of processTree(options.scope)) pids.add(pid);
      if (this.#isAttached(SOCKETS)) this.#object.iterate(SOCKETS);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  exclude(pids: readonly number[]): void {
    for (const pid of pids) this.#excluded.add(pid);
  }

  hooks(): readonly Hook[] {
    return this.#hooks;
  }

  /** What is only needed for some programs is attached once there are such. To be called a few times a second. */
  adapt(): void {
    const exits = this.#hooks.find(({ name }) => name === EXITS);
    if (this.#needsExits[0] === 0 || exits?.reason !== EXITS_AWAITED) return;
    this.#object.attach(EXITS);
    Object.assign(exits, { state: 'attached', reason: 'flight recorder' });
  }

  /** See SwitchRings.window. */
  window(from: number, to: number, handle: SwitchHandler): number {
    return this.#switches.window(from, to, handle);
  }

  /** Every thread's state as it is now, as a switch that has not ended: `off` 0 on a CPU. Nothing where the kernel cannot tell. */
  states(handle: SwitchHandler): void {
    if (!this.#isAttached(STATES)) return;
    const bytes = this.#object.iterate(STATES);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let offset = 0; offset + Switch.byteLength <= bytes.length; offset += Switch.byteLength) handle(view, offset, -1);
  }

  #isAttached(program: string): boolean {
    return this.#hooks.some(({ name, state }) => name === program && state === 'attached');
  }

  /** See NoteRings.window. @param kind of NoteRingKind */
  notes(kind: number, from: number, to: number, handle: NoteHandler): number {
    return this.#notes.window(kind, from, to, handle);
  }

  /** Since it was switched on: switches written, those of them that were overwritten, other records that were not written. */
  counts(): { switches: number; overwritten: number; dropped: number } {
    const { written, overwritten } = this.#switches.counts();
    return { switches: written, overwritten, dropped: this.#notes.droppedAll() };
  }

  /** CPU seconds spent in the programs; null while the kernel does not count (sysctl kernel.bpf_stats_enabled). */
  kernelSeconds(): number | null {
    let ns = 0;
    for (const { name, state } of this.#hooks) if (state === 'attached') ns += this.#object.runTime(name).ns;
    return ns === 0 ? null : ns / 1e9;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#object.close();
  }

  #configure(options: RecorderOptions, plan: RecorderPlan, memory: RecorderMemory, key: Buffer): void {
    const object = this.#object;
    const { cpus, segmentsPerCpu, segments, first } = memory.notes;
    for (const { name, use } of plan.programs) object.setAutoload(name, use);
    object.setMaxEntries('recorder_segments', cpus * memory.switchSegments);
    object.setMaxEntries('recorder_rings', cpus);
    object.setMaxEntries('note_segments', cpus * segmentsPerCpu);
    object.setMaxEntries('note_rings', cpus * segments.length);
    const image = object.initialValue('.rodata.config');
    const view = new DataView(image.buffer);
    image.set(key, Config.key);
    view.setUint32(Config.cpus, cpus, true);
    view.setUint32(Config.dataSegments, memory.switchSegments, true);
    writeScope(view, options.scope);
    object.setInitialValue('.rodata.config', image);
    const constants = object.initialValue('.rodata.recorder');
    const recorder = new DataView(constants.buffer);
    recorder.setBigUint64(RecorderConfig.blockNs, BigInt(options.blockNs ?? 1e6), true);
    recorder.setBigUint64(RecorderConfig.operationNs, BigInt(options.operationNs ?? 200e3), true);
    recorder.setBigUint64(RecorderConfig.blockIntervalNs, BigInt(BLOCK_INTERVAL_NS), true);
    recorder.setBigUint64(RecorderConfig.blockBurstNs, BigInt(BLOCK_BURST_NS), true);
    segments.forEach((count, kind) => recorder.setUint32(RecorderConfig.noteSegments + kind * 4, count, true));
    first.forEach((at, kind) => recorder.setUint32(RecorderConfig.noteFirst + kind * 4, at, true));
    recorder.setUint32(RecorderConfig.segmentsPerCpu, segmentsPerCpu, true);
    recorder.setUint32(RecorderConfig.notesAtExit, plan.notesAtExit ? 1 : 0, true);
    object.setInitialValue('.rodata.recorder', constants);
  }

  #attach(plan: RecorderPlan, cpus: number): void {
    for (const { name, use, reason } of plan.programs) {
      if (use && name === EXITS && !plan.notesAtExit) {
        this.#hooks.push({ name, state: 'skipped', reason: EXITS_AWAITED });
        continue;
      }
      if (use && name === SAMPLER) this.#attachSampler(cpus);
      else if (use) this.#object.attach(name);
      if (name !== SAMPLER || !use) this.#hooks.push({ name, state: use ? 'attached' : 'skipped', reason: use ? 'flight recorder' : reason });
    }
  }

  /** Without samples the recorder still tells what threads waited for. */
  #attachSampler(cpus: number): void {
    let attached = 0;
    let reason = '';
    for (let cpu = 0; cpu < cpus; cpu++) {
      try {
        this.#object.attachClock(SAMPLER, cpu, this.samplePeriodNs);
        attached++;
      } catch (error) {
        if ((error as { errno?: number }).errno !== ENODEV) reason = (error as Error).message;
      }
    }
    this.#hooks.push({ name: SAMPLER, state: reason === '' && attached > 0 ? 'attached' : 'failed', reason: reason || 'flight recorder' });
  }
}

function monotonicNs(): number {
  const [seconds, ns] = process.hrtime();
  return seconds * 1e9 + ns;
}
