/** Threads of a process's own pool (libuv's, say) that work for an event loop: whose job is one at? */
import type { PathInput } from './path-input.js';
import { readNsOf } from './path-input.js';
import type { CallRef } from './profile.js';
import type { SliceIndex } from './slice-index.js';

/** A loop that takes a job's result, calls back and goes on with the request works for longer than one that was woken in vain. */
const LEAST_COMPLETION_NS = 100e3;

export interface PoolQuestion {
  /** The thread of the event loop, and the one of its pool. */
  loop: number;
  worker: number;
  /** When: the end of the job if it woke the loop then. */
  ns: number;
}

/**
 * Jobs are taken in the order in which they came. A worker is at one since it last waited for work, or since it last woke the
 * loop because one was done. What began before our request was read is not for us.
 */
export function poolJob(input: PathInput, index: SliceIndex, { loop, worker, ns }: PoolQuestion): 'ours' | 'others' | 'none' {
  // Who read the request passes it on.
  if (worker === input.requestTid) return 'ours';
  const slices = index.slices(worker);
  let i = index.indexBefore(worker, ns);
  const now = slices[i];
  if (!now) return 'none';
  // It woke the loop while it ran: the slice before may be a wait only where it does not work at all.
  if (isWaitForWork(now.kind) && now.endNs >= ns) return 'none';
  while (i >= 0 && !isWaitForWork(slices[i].kind)) i--;
  const sinceWorkNs = i >= 0 ? slices[i].endNs : slices[0].startNs;
  return Math.max(sinceWorkNs, doneBefore(index, loop, worker, ns)) < readNsOf(input) ? 'others' : 'ours';
}

/** When the worker last finished a job. A timer that happened to hit it wakes the loop too, which then finds nothing to do. */
function doneBefore(index: SliceIndex, loop: number, worker: number, ns: number): number {
  for (let wait = index.wokenBefore(loop, worker, ns - 1, 'end'); wait; wait = index.wokenBefore(loop, worker, wait.endNs, 'end')) {
    if (index.workedNs(loop, wait.endNs) >= LEAST_COMPLETION_NS) return wait.endNs;
  }
  return -Infinity;
}

/** One of the pool's threads, if all of them were at jobs of others then: whoever needs one has to wait. null: it was not so. */
export function fullPool(input: PathInput, index: SliceIndex, loop: number, ns: number): number | null {
  const pool = poolOf(input, index, loop);
  return pool.length > 0 && pool.every((worker) => poolJob(input, index, { loop, worker, ns }) === 'others') ? pool[0] : null;
}

/** Threads that woke the loop from a wait for input (V8's helpers, which collect garbage with it, wake it from locks), or that stacks show to be of its pool. */
function poolOf({ poolThreads = new Set() }: PathInput, index: SliceIndex, loop: number): number[] {
  return [...new Set([...index.inputWakersOf(loop), ...poolThreads])].filter((tid) => index.sameProcess(loop, tid) && tid !== loop);
}

/** The other request that was longest under way at that time on this loop. */
export function otherAt(input: PathInput, loop: number, fromNs: number, toNs: number): CallRef | null {
  let most: CallRef | null = null;
  let mostNs = 0;
  for (const other of input.otherRequests) {
    if (other.tid !== loop && other.responseTid !== loop) continue;
    const ns = Math.min(toNs, other.endNs) - Math.max(fromNs, other.startNs);
    // Of two that were there all the time the one that came first has its jobs before.
    if (ns > mostNs || (ns === mostNs && most && other.startNs < most.startNs)) [most, mostNs] = [other, ns];
  }
  return most;
}

function isWaitForWork(kind: string): boolean {
  return kind === 'lock' || kind === 'idle';
}
