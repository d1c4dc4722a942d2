/**
 * Processes of one program that serve together, as PostgreSQL's backends do: one waits until another gives a lock back and
 * sends it a signal, or posts a semaphore that they share.
 */
import type { PathInput } from './path-input.js';
import type { Slice, ThreadRef } from './profile.js';
import type { SliceIndex } from './slice-index.js';

/** Protocols whose servers are such programs. */
const SERVED_BY_SIBLINGS = new Set(['postgres']);

/** Who had what this wait was for; null: it was another kind of wait. */
export function siblingThatWoke(input: PathInput, index: SliceIndex, tid: number, piece: Slice): ThreadRef | null {
  if (!input.request || !SERVED_BY_SIBLINGS.has(input.request.protocol)) return null;
  const wait = index.whole(tid, piece);
  const waker = wait.wokenBy;
  const own = index.thread(tid);
  if (!waker || !own || waker.pid === own.pid || wait.startNs >= input.requestEndNs || wait.endNs <= input.requestStartNs) return null;
  return isSibling(input, own, waker) ? waker : null;
}

function isSibling(input: PathInput, own: ThreadRef, waker: ThreadRef): boolean {
  const nameOf = (thread: ThreadRef): string => input.processes?.find((one) => one.pid === thread.pid)?.name ?? thread.name;
  return nameOf(own) === nameOf(waker);
}
