/** A window as the recorder had it, before its stacks are named and anything is concluded; and what it takes to keep it. */
import type { Evidence, StackCopy } from '../profile/evidence.js';
import type { ProcessWork, ThreadTimeline } from '../profile/profile.js';
import type { ProfileJob } from './profile-jobs.js';

export interface CutWindow {
  job: ProfileJob;
  processes: ProcessWork[];
  /** Without its switches: they are in the timelines. */
  evidence: Omit<Evidence, 'switches'>;
  threads: ThreadTimeline[];
  /** What it takes in memory, about. */
  bytes: number;
}

/** As V8 keeps them, about. */
const SLICE_BYTES = 200;
const RECORD_BYTES = 400;
/** Of a stack, beside the copy and its frames: the object and four typed arrays. */
const STACK_BYTES = 1_000;

/** An estimate: what is bounded by it are stacks and slices, nearly all there is. */
export function bytesOf({ processes, evidence, threads }: Omit<CutWindow, 'bytes'>): number {
  let bytes = (evidence.operations.length + evidence.logs.length * 2 + evidence.lives.length) * RECORD_BYTES;
  for (const { slices } of threads) bytes += slices.length * SLICE_BYTES;
  for (const { calls, requests } of processes) bytes += (calls.length + requests.length) * RECORD_BYTES;
  for (const { stack } of evidence.samples) bytes += stackBytes(stack);
  for (const { stack } of evidence.blocks) bytes += stackBytes(stack);
  return bytes;
}

function stackBytes({ bytes, framePointers, kernel }: StackCopy): number {
  return bytes.length + (framePointers.length + kernel.length) * 8 + STACK_BYTES;
}

/** All else of the profile stays: what it waited for needs no stack. The slices' stacks are taken off them. */
export function withoutStacks(window: CutWindow): CutWindow {
  for (const { slices } of window.threads) for (const slice of slices) delete slice.stack;
  const cut = [...window.evidence.cut, 'all stacks, as names were looked up too slowly'];
  const less = { ...window, evidence: { ...window.evidence, samples: [], blocks: [], cut } };
  return { ...less, bytes: bytesOf(less) };
}
