/**
 * The flight recorder (bpf/recorder.bpf.c): loaded and attached while it is wanted, overwritten all the time, read only for
 * the window of a request. Its records have one size, so a window is found by bisection over their times.
 */
import { randomBytes } from 'node:crypto';
import { Config, Header, RecorderLimits, Switch } from '../events/layout.generated.js';
import { addon, built, type BpfObject } from './addon.js';
import { writeScope, type CaptureTarget } from './capture.js';
import { PidSet } from './pid-set.js';
import { processTree } from './process-tree.js';

const TWO_32 = 2 ** 32;
const RECORD = Switch.byteLength;
const UNITS = RECORD / 64;
const STRIDE = RecorderLimits.SEGMENT + RecorderLimits.SLACK;

export interface RecorderOptions extends Pick<CaptureTarget, 'scope' | 'excludePids'> {
  /** Memory per CPU, bytes; rounded up to a power of two of MiB. */
  bytesPerCpu: number;
}

/** Called for each record of a window, oldest first on each CPU. The view is only valid during the call. */
export type SwitchHandler = (view: DataView, offset: number, cpu: number) => void;

export class FlightRecorder {
  readonly #object: BpfObject;
  readonly #segments: number;
  readonly #view: DataView;
  readonly #words: Int32Array;
  readonly #cpus: number;
  readonly #excluded: PidSet;
  readonly #keyLow: number;
  readonly #keyHigh: number;
  #closed = false;

  constructor(options: RecorderOptions) {
    const { BpfObject, possibleCpus } = addon();
    this.#cpus = possibleCpus();
    this.#segments = 2 ** Math.max(1, Math.ceil(Math.log2(options.bytesPerCpu / RecorderLimits.SEGMENT)));
    const key = randomBytes(8);
    this.#keyLow = key.readUInt32LE(0);
    this.#keyHigh = key.readUInt32LE(4);
    this.#object = new BpfObject(built('bpf/recorder.bpf.o'));
    try {
      this.#configure(options, key);
      this.#object.load();
      this.#excluded = new PidSet(this.#object.mmap('excluded_pids', true));
      this.exclude([process.pid, ...options.excludePids]);
      const pids = new PidSet(this.#object.mmap('scope_pids', true));
      if (options.scope.kind === 'tree') for (const pid of processTree(options.scope.pids)) pids.add(pid);
      this.#view = new DataView(this.#object.mmap('recorder_segments', false));
      this.#words = new Int32Array(this.#object.mmap('recorder_rings', false));
      for (const program of this.#object.programs()) this.#object.attach(program);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  exclude(pids: readonly number[]): void {
    for (const pid of pids) this.#excluded.add(pid);
  }

  hooks(): Array<{ name: string; state: 'attached'; reason: string }> {
    return this.#object.programs().map((name) => ({ name, state: 'attached', reason: 'flight recorder' }));
  }

  /**
   * Records whose time (the switch back to a CPU) lies in [from, to], monotonic ns.
   * @returns the oldest time the recorder still remembered on every CPU: a window that starts before it has holes
   */
  window(from: number, to: number, handle: SwitchHandler): number {
    let remembered = -Infinity;
    for (let cpu = 0; cpu < this.#cpus; cpu++) {
      const end = this.#records(cpu);
      const first = Math.max(0, end - this.#capacity());
      const oldest = first === 0 ? -Infinity : this.#time(cpu, first);
      if (oldest > remembered) remembered = oldest;
      for (let i = this.#find(cpu, first, end, from); i < end; i++) {
        const offset = this.#offset(cpu, i);
        if (!this.#isWhole(offset, i)) continue;
        if (this.#ts(offset) > to) break;
        handle(this.#view, offset, cpu);
      }
    }
    return remembered;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#object.close();
  }

  #configure(options: RecorderOptions, key: Buffer): void {
    const object = this.#object;
    object.setMaxEntries('recorder_segments', this.#cpus * this.#segments);
    object.setMaxEntries('recorder_rings', this.#cpus);
    const image = object.initialValue('.rodata.config');
    const view = new DataView(image.buffer);
    image.set(key, Config.key);
    view.setUint32(Config.cpus, this.#cpus, true);
    view.setUint32(Config.dataSegments, this.#segments, true);
    writeScope(view, options.scope);
    object.setInitialValue('.rodata.config', image);
  }

  /** All but the oldest segment, which the writer may be about to overwrite. */
  #capacity(): number {
    return ((this.#segments - 1) * RecorderLimits.SEGMENT) / RECORD;
  }

  /** Records written so far on this CPU. */
  #records(cpu: number): number {
    for (;;) {
      const high = Atomics.load(this.#words, cpu * 16 + 1);
      const low = Atomics.load(this.#words, cpu * 16) >>> 0;
      if (Atomics.load(this.#words, cpu * 16 + 1) === high) return (low + (high & 0xff) * TWO_32) / UNITS;
    }
  }

  #offset(cpu: number, index: number): number {
    const position = index * RECORD;
    const segment = Math.floor(position / RecorderLimits.SEGMENT) % this.#segments;
    return (cpu * this.#segments + segment) * STRIDE + (position % RecorderLimits.SEGMENT);
  }

  #isWhole(offset: number, index: number): boolean {
    const units = index * UNITS;
    const low = (this.#view.getUint32(offset, true) ^ this.#keyLow) >>> 0;
    const high = (this.#view.getUint32(offset + 4, true) ^ this.#keyHigh) & 0xff;
    return low === units % TWO_32 && high === Math.floor(units / TWO_32) % 256;
  }

  #ts(offset: number): number {
    return this.#view.getUint32(offset + Header.ts, true) + this.#view.getUint32(offset + Header.ts + 4, true) * TWO_32;
  }

  #time(cpu: number, index: number): number {
    return this.#ts(this.#offset(cpu, index));
  }

  /** Index of the first record at or after `time`. */
  #find(cpu: number, first: number, end: number, time: number): number {
    let low = first;
    let high = end;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (this.#time(cpu, middle) < time) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
