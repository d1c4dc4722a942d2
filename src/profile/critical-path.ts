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
import type { CallRef, LedgerKind, PathSegment, Slice, SliceKind } from './profile.js';
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

/** A stretch of one slice, to be explained. */
interface Piece {
  tid: number;
  slice: Slice;
  fromNs: number;
  toNs: number;
  /** Down to here the path may be explained by another thread instead. */
  limitNs: number;
  within: readonly number[];
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
      const slice = this.#runningSince(tid, endNs) ?? this.#slices.sliceBefore(tid, endNs);
      const knownUntilNs = Math.max(fromNs, Math.min(endNs, slice?.endNs ?? fromNs));
      this.#add(tid, knownUntilNs, endNs, 'unexplained', this.#slices.thread(tid) ? '' : `thread ${tid} was not recorded`);
      if (!slice || knownUntilNs <= fromNs) return;
      endNs = this.#split({ tid, slice, fromNs: Math.max(fromNs, slice.startNs), toNs: knownUntilNs, limitNs: fromNs, within });
    }
  }

  /**
   * Followed is a thread from a time at which it ran: it wrote, woke or sent. A switch is recorded when the thread gets its CPU
   * back, so one that had been off again since its last event would have one more.
   */
  #runningSince(tid: number, ns: number): Slice | null {
    const last = this.#slices.slices(tid).at(-1);
    if (!last || last.kind === 'running' || last.endNs >= ns) return null;
    return { startNs: last.endNs, endNs: ns, kind: 'running', syscall: '', object: '', wokenBy: null };
  }

  /** Sets apart what the thread did for other requests. Like all below: returns from when on all is explained. */
  #split(piece: Piece): number {
    const { tid, slice, fromNs, toNs } = piece;
    const work = this.#otherWorkOf(tid);
    let endNs = toNs;
    for (let i = lastBefore(work, toNs); i >= 0 && work[i].endNs > fromNs; i--) {
      const startNs = Math.max(fromNs, work[i].startNs);
      const untilNs = Math.min(endNs, work[i].endNs);
      const explainedNs = this.#explain({ ...piece, fromNs: untilNs, toNs: endNs });
      if (explainedNs < untilNs) return explainedNs;
      const { request } = work[i];
      if (slice.kind === 'run_queue') this.#addOwn({ ...piece, fromNs: startNs, toNs: untilNs });
      else this.#add(tid, startNs, untilNs, 'other_request', request ? requestName(request) : '', request);
      endNs = startNs;
    }
    return this.#explain({ ...piece, toNs: endNs });
  }

  #explain(piece: Piece): number {
    if (piece.toNs <= piece.fromNs) return piece.fromNs;
    switch (piece.slice.kind) {
      case 'lock': return this.#explainLock(piece);
      case 'network':
      case 'idle': return this.#explainInput(piece);
      case 'other': return this.#followWaker(piece) ?? this.#addOwn(piece);
      default: return this.#addOwn(piece);
    }
  }

  #explainLock(piece: Piece): number {
    const { tid, slice, fromNs, toNs } = piece;
    const waker = slice.wokenBy;
    if (!waker || waker.tid === tid) {
      // A futex is woken by a thread of the process, which is always seen: this wait ended by its timeout.
      const forWork = slice.startNs < this.#input.requestStartNs;
      return this.#add(tid, fromNs, toNs, forWork ? 'idle' : 'sleep', forWork ? '' : `timed wait ${slice.object}`.trimEnd());
    }
    if (isHandover(this.#input, this.#slices, tid, slice, waker)) {
      return this.#followWaker(piece) ?? this.#add(tid, fromNs, toNs, 'idle', `until woken by ${waker.name || waker.tid}`);
    }
    for (const { startNs, endNs, holder } of holdersOf(this.#slices, slice, fromNs, toNs)) {
      this.#add(tid, startNs, endNs, 'lock', lockObject(slice.object, holder));
    }
    return fromNs;
  }

  #explainInput(piece: Piece): number {
    const { tid, slice, toNs } = piece;
    const calls = this.#callsOf(tid);
    const call = callAt(calls, this.#criticalCall, toNs);
    const nextWaitNs = this.#slices.nextInputWaitNs(tid, slice.endNs);
    const answered = call !== null && (call === this.#criticalCall || endedWait(slice, nextWaitNs, call));
    // A waker of the same process may also be a thread that an interrupt hit: a call answered right then is the better witness.
    const followedNs = answered ? null : this.#followWaker(piece);
    if (followedNs !== null) return followedNs;
    const elsewhere = call ? null : callAt(this.#input.calls.filter((other) => endedWait(slice, nextWaitNs, other)), null, toNs);
    return elsewhere ? this.#explainForeignCall(piece, elsewhere) : this.#addCalls(piece, calls);
  }

  /** Sent by one thread, its answer read by this one: what was before the call is the sender's path. */
  #explainForeignCall(piece: Piece, call: CallRef): number {
    const { tid, fromNs, toNs, limitNs, within } = piece;
    const startNs = Math.max(fromNs, call.startNs);
    this.#addCalls({ ...piece, fromNs: startNs }, [call]);
    if (call.startNs <= fromNs || !this.#followable(tid, call.tid, within)) return this.#addCalls({ ...piece, toNs: Math.min(startNs, toNs) }, []);
    const untilNs = tid === this.#input.requestTid ? fromNs : limitNs;
    this.follow(call.tid, untilNs, startNs, [...within, tid]);
    return untilNs;
  }

  #addCalls({ tid, slice, fromNs, toNs }: Piece, calls: readonly CallRef[]): number {
    for (const { startNs, endNs, call } of peerWaits(calls, this.#criticalCall, fromNs, toNs)) {
      if (call) this.#criticalCall = call;
      this.#add(tid, startNs, endNs, call ? 'peer' : OWN_KIND[slice.kind], call ? callName(call) : slice.object, call);
    }
    return fromNs;
  }

  /** null when there is nobody to follow. */
  #followWaker({ tid, slice, fromNs, toNs, limitNs, within }: Piece): number | null {
    const waker = slice.wokenBy;
    if (!waker || !this.#followable(tid, waker.tid, within)) return null;
    // Whoever got the request passed on had no part in it before: from there on the path is that of who passed it on.
    const passedOn = waker.tid === this.#input.requestTid && tid !== this.#input.requestTid;
    const untilNs = passedOn ? limitNs : fromNs;
    this.follow(waker.tid, untilNs, toNs, [...within, tid]);
    return untilNs;
  }

  #followable(tid: number, next: number, within: readonly number[]): boolean {
    if (next === tid || within.length >= MAX_DEPTH || within.includes(next)) return false;
    return this.#slices.thread(next)?.pid === this.#slices.thread(tid)?.pid && this.#slices.slices(next).length > 0;
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

  #addOwn({ tid, slice, fromNs, toNs }: Piece): number {
    return this.#add(tid, fromNs, toNs, OWN_KIND[slice.kind] ?? 'other', slice.object || (slice.kind === 'other' ? slice.syscall : ''));
  }

  /** What continues the segment found before (the next in time) becomes part of it. */
  #add(tid: number, startNs: number, endNs: number, kind: LedgerKind, object: string, call: CallRef | null = null): number {
    if (endNs <= startNs) return startNs;
    const next = this.#found.at(-1);
    if (next && next.tid === tid && next.kind === kind && next.object === object && next.call === call && next.startNs === endNs) next.startNs = startNs;
    else this.#found.push({ startNs, endNs, kind, tid, object, call });
    return startNs;
  }
}

function lastBefore(work: readonly OtherWork[], ns: number): number {
  let i = work.length - 1;
  while (i >= 0 && work[i].startNs >= ns) i--;
  return i;
}
