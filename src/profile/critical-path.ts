/**
 * The critical path: what the request's time went into, walked back from the write of its response. A thread that ran or
 * queued explains itself; one that was blocked is explained by whoever ended the wait.
 */
import type { CallOwners } from './call-owners.js';
import { callOwners, withoutOthersCalls } from './call-owners.js';
import { holdersOf, isHandover, likelyHolder, lockObject } from './locks.js';
import type { OtherWork } from './other-work.js';
import { otherWork } from './other-work.js';
import type { PathInput } from './path-input.js';
import { callName, readNsOf, requestName } from './path-input.js';
import { callAt, endedWait, peerWaits } from './peer-waits.js';
import { connectsOf } from './peer-calls.js';
import { peersSide } from './peers-side.js';
import type { CallRef, LedgerKind, PathSegment, Slice, SliceKind, ThreadRef } from './profile.js';
import { stopsTheWorld } from './runtime-names.js';
import { siblingThatWoke, waitForReason } from './siblings.js';
import { fullPool, otherAt, poolJob } from './pool-jobs.js';
import { SliceIndex } from './slice-index.js';
import { waitWithoutCall } from './client-waits.js';

/** Hand-overs followed one within the other; what lies deeper is told by its wait. */
const MAX_DEPTH = 32;

const OWN_KIND: Record<SliceKind, LedgerKind> = {
  running: 'cpu', run_queue: 'run_queue', lock: 'lock', network: 'peer', file: 'file', fault: 'fault', sleep: 'sleep', idle: 'idle', other: 'other',
};

const FLUSHES = new Set(['fsync', 'fdatasync', 'msync', 'sync', 'syncfs', 'sync_file_range']);

/** Services asked one by the other that are looked into. */
const MAX_HOPS = 3;

/** Segments in order of time; they cover the request from start to end without holes or overlaps. */
export function criticalPath(input: PathInput): PathSegment[] {
  return pathOf(input, new SliceIndex(input.threads), 0);
}

function pathOf(input: PathInput, slices: SliceIndex, hops: number): PathSegment[] {
  const { requestStartNs, requestEndNs } = input;
  if (!Number.isFinite(requestStartNs) || !Number.isFinite(requestEndNs)) return [];
  const walk = new Walk(input, slices);
  walk.follow(input.responseTid, requestStartNs, requestEndNs, []);
  return peersSide(walk.path(), input, (server) => (hops < MAX_HOPS ? pathOf(server, slices, hops + 1) : []));
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
  readonly #owners: CallOwners;
  /** What may have been waited for. */
  readonly #candidates: readonly CallRef[];
  readonly #otherWork = new Map<number, readonly OtherWork[]>();
  readonly #calls = new Map<number, readonly CallRef[]>();
  /** Latest first, as they are found. */
  readonly #found: PathSegment[] = [];
  #criticalCall: CallRef | null = null;
  /** By loop: the pool's thread that its later wait was for (the walk goes backwards); null: that was for something else. */
  readonly #workers = new Map<number, number | null>();

  constructor(input: PathInput, slices: SliceIndex) {
    this.#input = { ...input, calls: [...input.calls, ...connectsOf(input.calls)] };
    this.#slices = slices;
    this.#owners = callOwners(input, slices);
    const candidates = withoutOthersCalls(input, this.#owners);
    this.#candidates = [...candidates, ...connectsOf(candidates)];
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
      if (!slice && this.#followStarter(tid, fromNs, endNs, within)) return;
      this.#addUnknown(tid, knownUntilNs, endNs);
      if (!slice || knownUntilNs <= fromNs) return;
      endNs = this.#split({ tid, slice, fromNs: Math.max(fromNs, slice.startNs), toNs: knownUntilNs, limitNs: fromNs, within });
    }
  }

  /** Before a thread was there, whoever started it had the work. */
  #followStarter(tid: number, fromNs: number, toNs: number, within: readonly number[]): boolean {
    const starter = this.#slices.thread(tid)?.startedBy;
    if (!starter || starter.tid === tid || within.length >= MAX_DEPTH || within.includes(starter.tid) || this.#slices.slices(starter.tid).length === 0) return false;
    const startedNs = Math.min(toNs, Math.max(fromNs, starter.ns));
    this.#addUnknown(tid, startedNs, toNs);
    this.follow(starter.tid, fromNs, startedNs, [...within, tid]);
    return true;
  }

  #addUnknown(tid: number, fromNs: number, toNs: number): void {
    const lostUntilNs = Math.min(toNs, Math.max(fromNs, this.#input.recordedFromNs ?? fromNs));
    this.#add(tid, lostUntilNs, toNs, 'unexplained', this.#slices.thread(tid) ? '' : `thread ${tid} was not recorded`);
    this.#add(tid, fromNs, lostUntilNs, 'unexplained', 'older than what the recorder knows');
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
    const { tid, fromNs, toNs } = piece;
    const slice = this.#slices.whole(tid, piece.slice);
    const waker = slice.wokenBy;
    if (waker && stopsTheWorld(waker.name)) return this.#add(tid, fromNs, toNs, 'gc', `stopped by ${waker.name}`);
    const takesLock = this.#takesLock(tid, slice);
    if ((takesLock || (slice.object !== '' && this.#slices.continues(tid, slice))) && (!waker || waker.tid === tid)) {
      // Waited with a time limit and looked again: the lock was free by then, so nobody had to wake it.
      const holder = likelyHolder(this.#input, this.#slices, tid, fromNs, toNs);
      return this.#add(tid, fromNs, toNs, 'lock', lockObject(slice.object, holder), null, holder ? { ...holder, likely: true } : undefined);
    }
    if (!waker || waker.tid === tid) {
      // A futex is woken by a thread of the process, which is always seen: this wait ended by its timeout.
      const forWork = slice.startNs < this.#input.requestStartNs;
      return this.#add(tid, fromNs, toNs, forWork ? 'idle' : 'sleep', forWork ? '' : `timed wait ${slice.object}`.trimEnd());
    }
    if (!takesLock && isHandover(this.#input, this.#slices, tid, slice, waker)) {
      return this.#followWaker({ ...piece, slice }) ?? this.#add(tid, fromNs, toNs, 'idle', `until woken by ${waker.name || waker.tid}`);
    }
    for (const { startNs, endNs, holder } of holdersOf(this.#slices, slice, fromNs, toNs)) {
      this.#add(tid, startNs, endNs, 'lock', lockObject(slice.object, holder), null, holder ?? undefined);
    }
    return fromNs;
  }

  /** By its stack; where none was taken, by that of another part of the wait. */
  #takesLock(tid: number, slice: Slice): boolean {
    const { lockStacks } = this.#input;
    if (lockStacks === undefined || lockStacks.size === 0) return false;
    const inLock = ({ stack }: Slice): boolean => stack !== undefined && lockStacks.has(stack);
    return slice.stack === undefined ? this.#slices.somePart(tid, slice, inLock) : inLock(slice);
  }

  #explainInput(piece: Piece): number {
    const { tid, slice, fromNs, toNs } = piece;
    const reason = this.#input.waitReasons?.get(slice.stack ?? -1);
    const told = reason ? waitForReason(this.#input, this.#slices, tid, slice, reason) : null;
    if (told) return this.#add(tid, fromNs, toNs, told.kind, told.object, null, told.holder);
    const calls = this.#callsOf(tid);
    const call = callAt(calls, this.#criticalCall, toNs);
    const nextWaitNs = this.#slices.nextInputWaitNs(tid, slice.endNs);
    const answered = call !== null && (call === this.#criticalCall || endedWait(slice, nextWaitNs, call));
    // A call answered right then is the better witness than a waker of the same process.
    if (!answered) {
      const holder = call || reason ? null : siblingThatWoke(this.#input, this.#slices, tid, slice);
      if (holder) return this.#add(tid, fromNs, toNs, 'lock', lockObject('a lock', holder), null, holder);
      const explainedNs = call ? this.#followWaker(piece) : this.#explainPool(piece);
      if (explainedNs !== null) return explainedNs;
    }
    const elsewhere = call ? null : callAt(this.#candidates.filter((other) => endedWait(slice, nextWaitNs, other)), null, toNs);
    return elsewhere ? this.#explainForeignCall(piece, elsewhere) : this.#addCalls(piece, calls);
  }

  /** A loop's wait for its process's own pool: for its work for us, or for others that came before us. null: for something else. */
  #explainPool(piece: Piece): number | null {
    const { tid, slice, fromNs, toNs } = piece;
    const waker = slice.wokenBy;
    const own = waker !== null && this.#followable(tid, waker.tid, piece.within);
    const waited = this.#workers.get(tid);
    const worker = own ? waker.tid : waited ?? fullPool(this.#input, this.#slices, tid, toNs);
    if (!this.#workers.has(tid)) this.#workers.set(tid, worker);
    if (worker === null) return null;
    const job = poolJob(this.#input, this.#slices, { loop: tid, worker, ns: own ? slice.endNs : toNs });
    if (job === 'none') return null;
    const other = job === 'others' ? otherAt(this.#input, tid, fromNs, toNs) : own ? this.#wokenForOther(tid, slice) : null;
    if (job === 'others' || other) return waited === null ? null : this.#add(tid, fromNs, toNs, 'pool', other ? requestName(other) : '', other);
    this.#workers.set(tid, worker);
    if (own) return this.#followWaker(piece);
    this.follow(worker, fromNs, toNs, [...piece.within, tid]);
    return fromNs;
  }

  /** The request that all of the thread's work until its next wait was for; null: ours, or not known. */
  #wokenForOther(tid: number, slice: Slice): CallRef | null {
    const work = this.#otherWorkOf(tid).find((one) => one.startNs <= slice.endNs && one.endNs > slice.endNs);
    const nextWaitNs = this.#slices.nextInputWaitNs(tid, slice.endNs);
    const { requestTid, responseTid, requestEndNs } = this.#input;
    const ours = (tid === responseTid && requestEndNs <= nextWaitNs) || (tid === requestTid && within(readNsOf(this.#input), slice.endNs, nextWaitNs));
    return ours ? null : work?.request ?? null;
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
      if (call) this.#add(tid, startNs, endNs, 'peer', callName(call), call);
      else {
        const parts = waitWithoutCall(this.#input, tid, slice, startNs, endNs);
        for (const part of parts) this.#add(tid, part.startNs, part.endNs, part.kind, part.object);
        if (parts.length === 0) this.#add(tid, startNs, endNs, OWN_KIND[slice.kind], slice.object);
      }
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
    return (this.#slices.sameProcess(tid, next) || this.#slices.forked(tid, next)) && this.#slices.slices(next).length > 0;
  }

  #otherWorkOf(tid: number): readonly OtherWork[] {
    let work = this.#otherWork.get(tid);
    if (!work) this.#otherWork.set(tid, (work = otherWork(this.#input, this.#slices, tid, this.#owners)));
    return work;
  }

  #callsOf(tid: number): readonly CallRef[] {
    let calls = this.#calls.get(tid);
    if (!calls) this.#calls.set(tid, (calls = this.#candidates.filter((call) => call.tid === tid)));
    return calls;
  }

  #addOwn({ tid, slice, fromNs, toNs }: Piece): number {
    const flushes = slice.kind === 'file' && FLUSHES.has(slice.syscall);
    const object = flushes ? `${slice.syscall} ${slice.object}`.trimEnd() : slice.object || (slice.kind === 'other' ? slice.syscall : '');
    return this.#add(tid, fromNs, toNs, OWN_KIND[slice.kind] ?? 'other', object);
  }

  /** What continues the segment found before (the next in time) becomes part of it. */
  #add(tid: number, startNs: number, endNs: number, kind: LedgerKind, object: string, call: CallRef | null = null, holder?: ThreadRef & { likely?: true }): number {
    if (endNs <= startNs) return startNs;
    const next = this.#found.at(-1);
    if (next && next.tid === tid && next.kind === kind && next.object === object && next.call === call && next.startNs === endNs) next.startNs = startNs;
    else this.#found.push({ startNs, endNs, kind, tid, object, call, ...(holder ? { holder: { pid: holder.pid, tid: holder.tid, ...(holder.likely ? { likely: true as const } : {}) } } : {}) });
    return startNs;
  }
}

function within(ns: number, fromNs: number, toNs: number): boolean {
  return ns >= fromNs && ns <= toNs;
}

function lastBefore(work: readonly OtherWork[], ns: number): number {
  let i = work.length - 1;
  while (i >= 0 && work[i].startNs >= ns) i--;
  return i;
}
