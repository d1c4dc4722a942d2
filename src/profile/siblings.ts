/**
 * Processes of one program that serve together, as PostgreSQL's backends do: one waits until another gives a lock back and
 * sends it a signal, or posts a semaphore that they share.
 */
import { lockObject, threadName } from './locks.js';
import type { PathInput } from './path-input.js';
import type { LedgerKind, Slice, ThreadRef } from './profile.js';
import type { WaitReason } from './runtime-names.js';
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

/** A wait for input as the system sees it, of which a function in its stack tells what it was for; null: for input indeed. */
export function waitForReason(input: PathInput, index: SliceIndex, tid: number, piece: Slice, reason: WaitReason): { kind: LedgerKind; object: string; holder?: ThreadRef } | null {
  if (reason.for === 'client') return null;
  if (reason.for === 'sleep') return { kind: 'sleep', object: reason.object };
  const sibling = siblingThatWoke(input, index, tid, piece);
  if (reason.for === 'lock') return { kind: 'lock', object: lockObject(reason.object, sibling), ...(sibling ? { holder: sibling } : {}) };
  return { kind: 'other', object: sibling ? `${reason.object}: ${threadName(sibling)}` : reason.object };
}

function isSibling(input: PathInput, own: ThreadRef, waker: ThreadRef): boolean {
  const nameOf = (thread: ThreadRef): string => input.processes?.find((one) => one.pid === thread.pid)?.name ?? thread.name;
  return nameOf(own) === nameOf(waker);
}
