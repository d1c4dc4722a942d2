/**
 * The critical path: what the request's time went into, walked back from the write of its response. A thread that ran or
 * queued explains itself; one that was blocked is explained by whoever ended the wait.
 */
import { holdersOf, isHandover, lockObject } from './locks.js';
import type { OtherWork } from './other-work.js';
import { otherWork } from './other-work.js';
import type { PathInput } from './path-input.js';
import { callName, requestName } from './path-input.js';
import { callAt, endedWait, peerWaits } from './peer-waits.js';
import type { CallRef, LedgerKind, PathSegment, Slice, SliceKind, ThreadRef } from './profile.js';
import { SliceIndex } from './slice-index.js';

/** Hand-overs followed one within the other; what lies deeper is told by its wait. */
const MAX_DEPTH = 32;

const OWN_KIND: Record<SliceKind, LedgerKind> = {
  running: 'cpu', run_queue: 'run_queue', lock: 'lock', network: 'peer', file: 'file', fault: 'fault', sleep: 'sleep', idle: 'idle', other: 'other',
};

/** Segments in order of time; they cover the request from start to end without holes or overlaps. */
export function criticalPath(input: PathInput): PathSegment[] {
  const { requestStartNs, requestEndNs } = input;
  if (!Number.isFinite(requestStartNs) || !Number.isFinite(requestEndNs)) return [];
  const walk = new Walk(input);
  walk.follow(input.responseTid, requestStartNs, requestEndNs, []);
  return walk.path();
}

class Walk {
  readonly #input: PathInput;
  readonly #slices: SliceIndex;
  readonly #otherWork = new Map<number, readonly OtherWork[]>();
  readonly #calls = new Map<number, readonly CallRef[]>();
  /** Latest first, as they are found. */
  readonly #found: PathSegment[] = [];
  #criticalCall: CallRef | null = null;

  constructor(input: PathInput) {
    this.#input = input;
    this.#slices = new SliceIndex(input.threads);
  }

  path(): PathSegment[] {
    return this.#found.reverse();
  }

  /** Explains all of [fromNs, toNs] by what the thread did. `within`: the threads whose waits are being explained by it. */
  follow(tid: number, fromNs: number, toNs: number, within: readonly number[]): void {
    let endNs = toNs;
    while (endNs > fromNs) {
      const slice = this.#slices.sliceBefore(tid, endNs);
      const knownUntilNs = Math.max(fromNs, Math.min(endNs, slice?.endNs ?? fromNs));
      this.#add(tid, knownUntilNs, endNs, 'unexplained', this.#slices.thread(tid) ? '' : `thread ${tid} was not recorded`);
      if (!slice || knownUntilNs <= fromNs) return;
      endNs = Math.max(fromNs, slice.startNs);
      this.#split(tid, slice, endNs, knownUntilNs, within);
    }
  }

  /** Sets apart what the thread did for other requests. */
  #split(tid: number, slice: Slice, fromNs: number, toNs: number, within: readonly number[]): void {
    const work = this.#otherWorkOf(tid);
    let endNs = toNs;
    for (let i = lastBefore(work, toNs); i >= 0 && work[i].endNs > fromNs; i--) {
      const startNs = Math.max(fromNs, work[i].startNs);
      const untilNs = Math.min(endNs, work[i].endNs);
      this.#explain(tid, slice, untilNs, endNs, within);
      const { request } = work[i];
      if (slice.kind === 'run_queue') this.#explain(tid, slice, startNs, untilNs, within);
      else this.#add(tid, startNs, untilNs, 'other_request', request ? requestName(request) : '', request);
      endNs = startNs;
    }
    this.#explain(tid, slice, fromNs, endNs, within);
  }

  #explain(tid: number, slice: Slice, fromNs: number, toNs: number, within: readonly number[]): void {
    if (toNs <= fromNs) return;
    if (slice.kind === 'lock') this.#explainLock(tid, slice, fromNs, toNs, within);
    else if (slice.kind === 'network' || slice.kind === 'idle') this.#explainInput(tid, slice, fromNs, toNs, within);
    else if (slice.kind !== 'other' || !this.#followWaker(tid, slice.wokenBy, fromNs, toNs, within)) this.#add(tid, fromNs, toNs, OWN_KIND[slice.kind] ?? 'other', slice.object || (slice.kind === 'other' ? slice.syscall : ''));
  }

  #explainLock(tid: number, slice: Slice, fromNs: number, toNs: number, within: readonly number[]): void {
    const waker = slice.wokenBy;
    if (!waker || waker.tid === tid) {
      // A futex is woken by a thread of the process, which is always seen: this wait ended by its timeout.
      const forWork = slice.startNs < this.#input.requestStartNs;
      this.#add(tid, fromNs, toNs, forWork ? 'idle' : 'sleep', forWork ? '' : `timed wait ${slice.object}`.trimEnd());
      return;
    }
    if (isHandover(this.#input, this.#slices, tid, slice, waker)) {
      if (!this.#followWaker(tid, waker, fromNs, toNs, within)) this.#add(tid, fromNs, toNs, 'idle', `until woken by ${waker.name || waker.tid}`);
      return;
    }
    for (const { startNs, endNs, holder } of holdersOf(this.#slices, slice, fromNs, toNs)) {
      this.#add(tid, startNs, endNs, 'lock', lockObject(slice.object, holder));
    }
  }

  #explainInput(tid: number, slice: Slice, fromNs: number, toNs: number, within: readonly number[]): void {
    let calls = this.#callsOf(tid);
    const call = callAt(calls, this.#criticalCall, toNs);
    const nextWaitNs = this.#slices.nextInputWaitNs(tid, slice.endNs);
    const answered = call !== null && (call === this.#criticalCall || endedWait(slice, nextWaitNs, call));
    // A waker of the same process may also be a thread that an interrupt hit: a call answered right then is the better witness.
    if (!answered && this.#followWaker(tid, slice.wokenBy, fromNs, toNs, within)) return;
    // Sent by one thread, its answer read by another.
    if (!call) calls = this.#input.calls.filter((other) => other.startNs < toNs && endedWait(slice, nextWaitNs, other));
    for (const piece of peerWaits(calls, this.#criticalCall, fromNs, toNs)) {
      if (piece.call) this.#criticalCall = piece.call;
      const object = piece.call ? callName(piece.call) : slice.object;
      this.#add(tid, piece.startNs, piece.endNs, piece.call ? 'peer' : OWN_KIND[slice.kind], object, piece.call);
    }
  }

  /** False when there is nobody to follow. */
  #followWaker(tid: number, waker: ThreadRef | null, fromNs: number, toNs: number, within: readonly number[]): boolean {
    if (!waker || !this.#followable(tid, waker, within)) return false;
    this.follow(waker.tid, fromNs, toNs, [...within, tid]);
    return true;
  }

  #followable(tid: number, waker: ThreadRef, within: readonly number[]): boolean {
    if (waker.tid === tid || within.length >= MAX_DEPTH || within.includes(waker.tid)) return false;
    return this.#slices.thread(waker.tid)?.pid === this.#slices.thread(tid)?.pid && this.#slices.slices(waker.tid).length > 0;
  }

  #otherWorkOf(tid: number): readonly OtherWork[] {
    let work = this.#otherWork.get(tid);
    if (!work) this.#otherWork.set(tid, (work = otherWork(this.#input, this.#slices, tid)));
    return work;
  }

  #callsOf(tid: number): readonly CallRef[] {
    let calls = this.#calls.get(tid);
    if (!calls) this.#calls.set(tid, (calls = this.#input.calls.filter((call) => call.tid === tid)));
    return calls;
  }

  /** What continues the segment found before (the next in time) becomes part of it. */
  #add(tid: number, startNs: number, endNs: number, kind: LedgerKind, object: string, call: CallRef | null = null): void {
    if (endNs <= startNs) return;
    const next = this.#found.at(-1);
    if (next && next.tid === tid && next.kind === kind && next.object === object && next.call === call && next.startNs === endNs) next.startNs = startNs;
    else this.#found.push({ startNs, endNs, kind, tid, object, call });
  }
}

function lastBefore(work: readonly OtherWork[], ns: number): number {
  let i = work.length - 1;
  while (i >= 0 && work[i].startNs >= ns) i--;
  return i;
}
