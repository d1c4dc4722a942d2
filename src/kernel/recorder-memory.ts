/** How the recorder's memory is divided: half for switches, the rest for the kinds of notes, each a ring of its own. */
import { NoteRingKind, RecorderLimits } from '../events/layout.generated.js';
import type { NoteGeometry } from './note-rings.js';

/** Shares of all of it. A stack is some 9 kB, a log line 200 bytes, a switch 128. */
const SHARES: ReadonlyArray<readonly [kind: number, share: number]> = [
  [NoteRingKind.SAMPLES, 1 / 4], [NoteRingKind.BLOCKS, 1 / 8], [NoteRingKind.OPERATIONS, 1 / 16], [NoteRingKind.LOGS, 1 / 32],
  [NoteRingKind.LIVES, 1 / 32],
];
const MIN_SEGMENTS = 2;

export interface RecorderMemory {
  /** Segments of a CPU's ring of switches: a power of two. */
  switchSegments: number;
  notes: NoteGeometry;
}

/** @param bytesPerCpu rounded up to a power of two */
export function divideMemory(bytesPerCpu: number, cpus: number): RecorderMemory {
  const bytes = 2 ** Math.ceil(Math.log2(bytesPerCpu));
  const segments: number[] = [];
  const first: number[] = [];
  let segmentsPerCpu = 0;
  for (const [kind, share] of SHARES) {
    segments[kind] = Math.max(MIN_SEGMENTS, (bytes * share) / RecorderLimits.NOTE_SEGMENT);
    first[kind] = segmentsPerCpu;
    segmentsPerCpu += segments[kind];
  }
  const switchSegments = Math.max(MIN_SEGMENTS, bytes / 2 / RecorderLimits.RECORDER_SEGMENT);
  return { switchSegments, notes: { cpus, segmentsPerCpu, segments, first } };
}

/** What it occupies, of all CPUs. */
export function memoryBytes({ switchSegments, notes }: RecorderMemory): number {
  const { RECORDER_SEGMENT, RECORDER_SLACK, NOTE_SEGMENT, NOTE_SLACK } = RecorderLimits;
  return notes.cpus * (switchSegments * (RECORDER_SEGMENT + RECORDER_SLACK) + notes.segmentsPerCpu * (NOTE_SEGMENT + NOTE_SLACK));
}
