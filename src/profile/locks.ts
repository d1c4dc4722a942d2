/** Futex waits: was it a lock that another thread held, or work that another thread handed over? */
import type { PathInput } from './path-input.js';
import type { Slice, ThreadRef } from './profile.js';
import { nameText } from './quantities.js';
import type { SliceIndex } from './slice-index.js';

/** Holders of one contended lock that are told apart within one wait. */
const MAX_HOLDERS = 64;

export interface Holding { startNs: number; endNs: number; holder: ThreadRef | null }

/**
 * The kernel shows the same futex wait for a mutex, a condition variable and a join. It is a hand-over, not a lock, when
 * - the thread waited since before the request existed: it waited for work;
 * - the thread that read the request woke one that did not: it passed the request on;
 * - the waker itself was woken by this thread during the request, from a wait on something else: it was given the work;
 * - the waker was born and ended within the request: it was joined.
 */
export function isHandover(input: PathInput, index: SliceIndex, tid: number, wait: Slice, waker: ThreadRef): boolean {
  if (wait.startNs < input.requestStartNs) return true;
  if (waker.tid === input.requestTid && tid !== input.requestTid) return true;
  const slices = index.slices(waker.tid);
  if (slices.length === 0) return false;
  if (slices[0].startNs > input.requestStartNs && slices[slices.length - 1].endNs <= wait.endNs) return true;
  // It was woken before this wait began: the waiting thread wakes nobody.
  const work = index.wokenBefore(waker.tid, tid, wait.startNs);
  return work !== undefined && work.endNs > input.requestStartNs && (work.object === '' || work.object !== wait.object);
}

/**
 * Who held the lock, latest first: the waker since it got the lock itself, before that whoever woke the waker from its own
 * wait for the same lock, and so on.
 */
export function holdersOf(index: SliceIndex, wait: Slice, fromNs: number, toNs: number): Holding[] {
  const holdings: Holding[] = [];
  let holder = wait.wokenBy;
  let endNs = toNs;
  while (endNs > fromNs) {
    const queued = holder && holdings.length < MAX_HOLDERS ? waitForSame(index, holder.tid, wait, endNs) : undefined;
    const startNs = Math.max(fromNs, queued?.endNs ?? fromNs);
    if (startNs < endNs) holdings.push({ startNs, endNs, holder });
    if (!queued) break;
    holder = queued.wokenBy;
    endNs = startNs;
  }
  return holdings;
}

function waitForSame(index: SliceIndex, tid: number, wait: Slice, beforeNs: number): Slice | undefined {
  if (wait.object === '') return undefined;
  const slices = index.slices(tid);
  for (let i = index.indexBefore(tid, beforeNs); i >= 0 && slices[i].endNs > wait.startNs; i--) {
    if (slices[i].kind === 'lock' && slices[i].object === wait.object && slices[i].endNs < beforeNs) return slices[i];
  }
  return undefined;
}

/** Of so much of the wait. */
const LIKELY_SHARE = 0.8;

/** Who may have held a lock that was free when somebody looked again: the one thread that was at another request all the time. */
export function likelyHolder(input: PathInput, index: SliceIndex, tid: number, fromNs: number, toNs: number): ThreadRef | null {
  const others = input.otherRequests.filter(({ startNs, endNs }) => Math.min(endNs, toNs) - Math.max(startNs, fromNs) >= (toNs - fromNs) * LIKELY_SHARE);
  const threads = new Set(others.map((one) => one.responseTid ?? one.tid).filter((other) => other !== tid && index.sameProcess(tid, other)));
  const [only] = threads;
  return threads.size === 1 ? index.thread(only) ?? null : null;
}

const HELD_BY = ' held by ';

export function lockObject(lock: string, holder: ThreadRef | null): string {
  const name = lock || 'unknown lock';
  return holder ? `${name}${HELD_BY}${threadName(holder)}` : name;
}

/** The lock's own name within such an object. */
export function lockOf(object: string): string {
  const at = object.indexOf(HELD_BY);
  return at < 0 ? object : object.slice(0, at);
}

export function holderOf(object: string): string {
  const at = object.indexOf(HELD_BY);
  return at < 0 ? '' : object.slice(at + HELD_BY.length);
}

export function threadName(thread: ThreadRef): string {
  return `${thread.name || 'thread'} (${thread.tid})`;
}

/** How a lock is called in a sentence: it has an address, or no name at all. */
export function lockText(lock: string): string {
  return lock.startsWith('0x') ? `lock ${nameText(lock)}` : nameText(lock || 'a lock');
}
