/**
 * Reader of the recorder's switches: a ring for each CPU, overwritten. All records have one size, so a window is found by
 * bisection over their times.
 */
import { Header, RecorderLimits, Switch } from '../events/layout.generated.js';

const TWO_32 = 2 ** 32;
const RECORD = Switch.byteLength;
const UNITS = RECORD / 64;
const STRIDE = RecorderLimits.RECORDER_SEGMENT + RecorderLimits.RECORDER_SLACK;

/** Called for each record of a window, oldest first on each CPU. The view is only valid during the call. */
export type SwitchHandler = (view: DataView, offset: number, cpu: number) => void;

export class SwitchRings {
  readonly #view: DataView;
  readonly #words: Int32Array;

  /** @param segments of each CPU */
  constructor(memory: ArrayBuffer, rings: ArrayBuffer, private readonly cpus: number, private readonly segments: number, private readonly keyLow: number, private readonly keyHigh: number) {
    this.#view = new DataView(memory);
    this.#words = new Int32Array(rings);
  }

  /**
   * Records whose time (the switch back to a CPU) lies in [from, to], monotonic ns.
   * @returns the oldest time still remembered on every CPU: a window that starts before it has holes
   */
  window(from: number, to: number, handle: SwitchHandler): number {
    let remembered = -Infinity;
    for (let cpu = 0; cpu < this.cpus; cpu++) {
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

  /** Since the start, all CPUs. */
  counts(): { written: number; overwritten: number } {
    let written = 0;
    let overwritten = 0;
    for (let cpu = 0; cpu < this.cpus; cpu++) {
      const end = this.#records(cpu);
      written += end;
      overwritten += Math.max(0, end - this.#capacity());
    }
    return { written, overwritten };
  }

  /** All but the oldest segment, which the writer may be about to overwrite. */
  #capacity(): number {
    return ((this.segments - 1) * RecorderLimits.RECORDER_SEGMENT) / RECORD;
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
    const segment = Math.floor(position / RecorderLimits.RECORDER_SEGMENT) % this.segments;
    return (cpu * this.segments + segment) * STRIDE + (position % RecorderLimits.RECORDER_SEGMENT);
  }

  #isWhole(offset: number, index: number): boolean {
    const units = index * UNITS;
    const low = (this.#view.getUint32(offset, true) ^ this.keyLow) >>> 0;
    const high = (this.#view.getUint32(offset + 4, true) ^ this.keyHigh) & 0xff;
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
