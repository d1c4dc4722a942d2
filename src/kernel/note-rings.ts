/**
 * Reader of the recorder's notes (bpf/note.h): records of varying size, a ring for each kind and CPU, overwritten. A window
 * is read segment by segment: copied, checked against the writer's position, and only then looked at.
 */
import { Header, NoteRing, RecorderLimits } from '../events/layout.generated.js';

const UNIT = 64;
const TWO_32 = 2 ** 32;
const { NOTE_SEGMENT, NOTE_SLACK, NOTE_RINGS } = RecorderLimits;
const STRIDE = NOTE_SEGMENT + NOTE_SLACK;

export interface NoteGeometry {
  cpus: number;
  /** Of one CPU, all kinds. */
  segmentsPerCpu: number;
  /** By kind: segments of its ring (a power of two), and which is its first. */
  segments: readonly number[];
  first: readonly number[];
}

/** The record is `view[offset, offset + size)`, valid during the call. */
export type NoteHandler = (view: DataView, offset: number, size: number) => void;

export class NoteRings {
  readonly #memory: Uint8Array;
  readonly #rings: DataView;
  readonly #scratch = new Uint8Array(STRIDE);
  readonly #view = new DataView(this.#scratch.buffer);

  constructor(segments: ArrayBuffer, rings: ArrayBuffer, private readonly geometry: NoteGeometry, private readonly keyLow: number, private readonly keyHigh: number) {
    this.#memory = new Uint8Array(segments);
    this.#rings = new DataView(rings);
  }

  /**
   * Notes of a kind whose time lies in [from, to], monotonic ns; oldest first on each CPU.
   * @returns the oldest time that was still remembered on every CPU; -Infinity when nothing was overwritten
   */
  window(kind: number, from: number, to: number, handle: NoteHandler): number {
    let remembered = -Infinity;
    for (let cpu = 0; cpu < this.geometry.cpus; cpu++) remembered = Math.max(remembered, this.#windowOf(cpu, kind, from, to, handle));
    return remembered;
  }

  /** Notes that were not written: beyond the rate, or another was being written. */
  dropped(kind: number): number {
    let sum = 0;
    for (let cpu = 0; cpu < this.geometry.cpus; cpu++) sum += this.#rings.getUint32(this.#ring(cpu, kind) + NoteRing.dropped, true);
    return sum;
  }

  /** Of all kinds. */
  droppedAll(): number {
    return this.geometry.segments.reduce((sum, _, kind) => sum + this.dropped(kind), 0);
  }

  #windowOf(cpu: number, kind: number, from: number, to: number, handle: NoteHandler): number {
    const head = this.#head(cpu, kind);
    const newest = Math.floor(head / NOTE_SEGMENT);
    const oldest = Math.max(0, newest - this.geometry.segments[kind] + 1);
    let first = newest;
    let remembered = Infinity;
    for (; first >= oldest; first--) {
      const time = this.#firstTime(cpu, kind, first, head);
      if (time < remembered) remembered = time;
      if (time < from) break;
    }
    const overwritten = first < oldest && oldest > 0;
    for (let segment = Math.max(first, oldest); segment <= newest; segment++) this.#read(cpu, kind, segment, from, to, handle);
    return overwritten ? remembered : -Infinity;
  }

  #read(cpu: number, kind: number, segment: number, from: number, to: number, handle: NoteHandler): void {
    const head = this.#head(cpu, kind);
    const start = segment * NOTE_SEGMENT;
    const length = Math.min(STRIDE, head - start);
    if (length <= 0) return;
    const at = this.#place(cpu, kind, segment);
    this.#scratch.set(this.#memory.subarray(at, at + length));
    // The writer came round meanwhile: what was copied may be torn.
    if (this.#head(cpu, kind) > start + (this.geometry.segments[kind] - 1) * NOTE_SEGMENT + NOTE_SEGMENT - NOTE_SLACK) return;
    for (let offset = 0; offset < Math.min(length, NOTE_SEGMENT);) {
      const size = this.#view.getUint32(offset + Header.size, true);
      if (!this.#isRecord(this.#view, offset, (start + offset) / UNIT) || size < UNIT || size % UNIT || offset + size > length) {
        offset += UNIT;
        continue;
      }
      const ts = this.#time(this.#view, offset);
      if (ts >= from && ts <= to) handle(this.#view, offset, size);
      offset += size;
    }
  }

  /** Of the first record that begins in the segment; Infinity when there is none. */
  #firstTime(cpu: number, kind: number, segment: number, head: number): number {
    const start = segment * NOTE_SEGMENT;
    const at = this.#place(cpu, kind, segment);
    const view = new DataView(this.#memory.buffer, this.#memory.byteOffset + at, STRIDE);
    const end = Math.min(NOTE_SEGMENT, NOTE_SLACK + UNIT, head - start);
    for (let offset = 0; offset < end; offset += UNIT) if (this.#isRecord(view, offset, (start + offset) / UNIT)) return this.#time(view, offset);
    return Infinity;
  }

  #isRecord(view: DataView, offset: number, units: number): boolean {
    const low = (view.getUint32(offset, true) ^ this.keyLow) >>> 0;
    const high = (view.getUint32(offset + 4, true) ^ this.keyHigh) & 0xff;
    return low === units % TWO_32 && high === Math.floor(units / TWO_32) % 256;
  }

  #time(view: DataView, offset: number): number {
    return view.getUint32(offset + Header.ts, true) + view.getUint32(offset + Header.ts + 4, true) * TWO_32;
  }

  #place(cpu: number, kind: number, segment: number): number {
    const { segmentsPerCpu, segments, first } = this.geometry;
    return (cpu * segmentsPerCpu + first[kind] + segment % segments[kind]) * STRIDE;
  }

  #ring(cpu: number, kind: number): number {
    return (cpu * NOTE_RINGS + kind) * NoteRing.byteLength;
  }

  /** Bytes written so far. */
  #head(cpu: number, kind: number): number {
    const at = this.#ring(cpu, kind) + NoteRing.word;
    for (;;) {
      const high = this.#rings.getUint32(at + 4, true);
      const low = this.#rings.getUint32(at, true);
      if (this.#rings.getUint32(at + 4, true) === high) return (low + (high & 0xff) * TWO_32) * UNIT;
    }
  }
}
