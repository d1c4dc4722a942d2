/** A lock in words: which, who held it, and what for. */
import { holderOf, lockOf, lockText, threadName } from './locks.js';
import type { PathInput } from './path-input.js';
import { requestName } from './path-input.js';
import type { CallRef, LookAt, PathSegment } from './profile.js';
import { countText, nameText } from './quantities.js';
import { holderDoing, isOwnProcess } from './verdict-doing.js';
import type { Part, VerdictInput } from './verdict-parts.js';
import { summed } from './verdict-parts.js';
import type { VerdictCase, VerdictValues } from './verdict-texts.js';

/** That the waker is the holder is known of locks; that it held it for less of the wait than this speaks against it. */
const MAIN_SHARE = 0.5;

export interface LockCause { name: VerdictCase; values: VerdictValues; object: string; lookAt: LookAt[] }

/** The lock that most of the time went to, and its main holder. */
export function lockCause(part: Pick<Part, 'segments' | 'ns'>, verdict: VerdictInput): LockCause {
  const waits = part.segments.map((one) => ({ ns: one.endNs - one.startNs, lock: lockOf(one.object), holder: holderOf(one.object), segment: one }));
  const [[lock]] = summed(waits, (one) => one.lock);
  const ofLock = waits.filter((one) => one.lock === lock);
  const holders = summed(ofLock.filter((one) => one.holder !== ''), (one) => one.holder);
  if (holders.length === 0) return { name: 'lock_unknown', values: { lock: lockText(lock) }, object: lock, lookAt: [] };
  const [[holder, heldNs]] = holders;
  const held = ofLock.filter((one) => one.holder === holder).map((one) => one.segment);
  const ref = held[0].holder;
  const thread = verdict.input.threads.find((one) => one.tid === ref?.tid);
  const served = thread ? servedBy(thread.tid, held, verdict.input) : undefined;
  const certain = thread !== undefined && !ref?.likely && heldNs >= part.ns * MAIN_SHARE;
  return {
    name: 'lock', object: `${lock} held by ${holder}`,
    values: {
      lock: lockText(lock), holder: `${ref && isOwnProcess(ref.pid, verdict.input) ? 'thread ' : ''}${nameText(holder)}`,
      others: holders.length > 1 ? countText(holders.length - 1, 'other') : '', probably: certain ? '' : 'probably',
      serving: served ? nameText(requestName(served)) : '', who: nameText(holder), doing: thread ? holderDoing(thread, held, verdict) : '',
    },
    lookAt: [
      ...(thread ? [{ label: `what ${nameText(threadName(thread))} did with it`, tid: thread.tid, ns: held[0].startNs }] : []),
      ...(served ? [{ label: nameText(requestName(served)), requestId: served.id }] : []),
    ],
  };
}

function servedBy(tid: number, held: readonly PathSegment[], input: PathInput): CallRef | undefined {
  return input.otherRequests.find((request) => (request.tid === tid || request.responseTid === tid) && held.some((one) => one.startNs < request.endNs && request.startNs < one.endNs));
}
