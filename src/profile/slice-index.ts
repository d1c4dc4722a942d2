/** The slices of all threads, ready to be asked "what did this thread do just before that time?". */
import type { Slice, ThreadTimeline } from './profile.js';

/** What runs between two parts of one wait takes no longer. */
const INTERRUPTED_NS = 2e6;
/** A thread may come back to one futex ten thousand times. */
const MAX_PARTS = 32;

export class SliceIndex {
  readonly #threads = new Map<number, ThreadTimeline>();
  readonly #ordered = new Map<number, readonly Slice[]>();
  /** By `tid waker`. */
  readonly #woken = new Map<string, readonly Slice[]>();

  constructor(threads: readonly ThreadTimeline[]) {
    for (const thread of threads) this.#threads.set(thread.tid, thread);
  }

  thread(tid: number): ThreadTimeline | undefined {
    return this.#threads.get(tid);
  }

  /** Threads that ended a wait of this one for input. */
  inputWakersOf(tid: number): number[] {
    return [...new Set(this.slices(tid).filter(waitsForInput).flatMap(({ wokenBy }) => (wokenBy ? [wokenBy.tid] : [])))];
  }

  sameProcess(tid: number, other: number): boolean {
    const thread = this.#threads.get(tid);
    return thread !== undefined && thread.pid === this.#threads.get(other)?.pid;
  }

  /** Is the other one's process a child of this one's, forked meanwhile? */
  forked(tid: number, other: number): boolean {
    const child = this.#threads.get(this.#threads.get(other)?.pid ?? 0);
    return child?.startedBy !== undefined && child.startedBy.pid === this.#threads.get(tid)?.pid;
  }

  /** In order of time and without overlaps, whatever came in; made when a thread is first asked for. */
  slices(tid: number): readonly Slice[] {
    let ordered = this.#ordered.get(tid);
    if (!ordered) {
      ordered = inOrder(this.#threads.get(tid)?.slices ?? []);
      this.#ordered.set(tid, ordered);
    }
    return ordered;
  }

  /** The last slice that begins before `ns`; it may have ended before it too. */
  sliceBefore(tid: number, ns: number): Slice | undefined {
    return this.slices(tid)[this.indexBefore(tid, ns)];
  }

  /** Index of that slice; -1 when none begins before `ns`. */
  indexBefore(tid: number, ns: number): number {
    return lastBefore(this.slices(tid), ns);
  }

  /** The last wait of the thread that began (or, with `edge` 'end', ended) before `ns` and was ended by `wakerTid`. */
  wokenBefore(tid: number, wakerTid: number, ns: number, edge: 'start' | 'end' = 'start'): Slice | undefined {
    const key = `${tid} ${wakerTid}`;
    let woken = this.#woken.get(key);
    if (!woken) this.#woken.set(key, (woken = this.slices(tid).filter((slice) => slice.wokenBy?.tid === wakerTid)));
    const at = lastBefore(woken, ns);
    return edge === 'end' && at >= 0 && woken[at].endNs >= ns ? woken[at - 1] : woken[at];
  }

  /** The wait that this one is a part of, up to where somebody ended it: that part, or its last one. */
  whole(tid: number, wait: Slice): Slice {
    let last = wait;
    for (const next of this.#parts(tid, wait, 1)) {
      if (last.wokenBy !== null) break;
      last = next;
    }
    return last;
  }

  /** Was a part of the same wait before this one ended by somebody? The thread found then that it had to wait on. */
  continues(tid: number, wait: Slice): boolean {
    for (const before of this.#parts(tid, wait, -1)) return before.wokenBy !== null;
    return false;
  }

  /** Does this hold of any other part of the wait? */
  somePart(tid: number, wait: Slice, holds: (part: Slice) => boolean): boolean {
    for (const step of [-1, 1] as const) for (const part of this.#parts(tid, wait, step)) if (holds(part)) return true;
    return false;
  }

  /**
   * Other parts of the same wait, nearest first, after (1) or before (-1) this one. A timer or a signal may interrupt a wait
   * (PostgreSQL looks for deadlocks after a second, HotSpot for a lock that was given back) and the thread goes on with the
   * same wait at once: whether it had to queue for a CPU in between does not matter.
   */
  *#parts(tid: number, wait: Slice, step: 1 | -1): Generator<Slice> {
    const slices = this.slices(tid);
    let last = wait;
    let count = 0;
    for (let i = step > 0 ? this.indexBefore(tid, wait.endNs) + 1 : this.indexBefore(tid, wait.startNs); i >= 0 && i < slices.length && count < MAX_PARTS; i += step) {
      const next = slices[i];
      if (isSameWait(next, last)) {
        count++;
        yield last = next;
      } else if (next.kind !== 'run_queue' && (next.kind !== 'running' || next.endNs - next.startNs > INTERRUPTED_NS)) return;
    }
  }

  /** Its time on CPU from then until it next waits for input. */
  workedNs(tid: number, ns: number): number {
    const slices = this.slices(tid);
    let workedNs = 0;
    for (let i = this.indexBefore(tid, ns) + 1; i < slices.length && !waitsForInput(slices[i]); i++) {
      if (slices[i].kind === 'running') workedNs += slices[i].endNs - slices[i].startNs;
    }
    return workedNs;
  }

  /** When the thread next waits for input after `ns`; Infinity when it does not any more. */
  nextInputWaitNs(tid: number, ns: number): number {
    const slices = this.slices(tid);
    for (let i = this.indexBefore(tid, ns) + 1; i < slices.length; i++) if (waitsForInput(slices[i])) return slices[i].startNs;
    return Infinity;
  }
}

export function waitsForInput(slice: Slice): boolean {
  return slice.kind === 'idle' || slice.kind === 'network';
}

/** For the same thing. A condition variable of glibc has two futexes, four bytes apart, which take turns. */
function isSameWait(a: Slice, b: Slice): boolean {
  if (a.kind !== b.kind || a.syscall !== b.syscall) return false;
  return a.object === b.object || (a.kind === 'lock' && Math.abs(Number(a.object) - Number(b.object)) === 4);
}

function lastBefore(slices: readonly Slice[], ns: number): number {
  let low = 0;
  let high = slices.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (slices[middle].startNs < ns) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function inOrder(slices: readonly Slice[]): readonly Slice[] {
  const whole = slices.filter((slice) => Number.isFinite(slice.startNs) && Number.isFinite(slice.endNs) && slice.endNs > slice.startNs);
  whole.sort((a, b) => a.startNs - b.startNs);
  const ordered: Slice[] = [];
  let endNs = -Infinity;
  for (const slice of whole) {
    if (slice.endNs <= endNs) continue;
    ordered.push(slice.startNs < endNs ? { ...slice, startNs: endNs } : slice);
    endNs = slice.endNs;
  }
  return ordered;
}
