/** A slice in the address: thread and start, which stay the same however the threads are ordered. */
import type { Profile, ThreadTimeline } from '../../src/server/api.js';
import { metOnPath, sliceAt, type SliceRef } from './lanes.js';

export const writeSlice = (tid: number, startNs: number): string => `${tid}:${Math.round(startNs)}`;

/** null: absent, or no slice of this profile. */
export function readSlice(text: string | null, profile: Profile): SliceRef | null {
  const match = /^(\d{1,10}):(\d{1,18})$/.exec(text ?? '');
  const thread = match && profile.threads.find((one) => one.tid === Number(match[1]));
  if (!match || !thread) return null;
  const index = sliceAt(thread.slices, Number(match[2]));
  return index < 0 ? null : { thread, index };
}

/** What links to the slice of a thread at a time carry; a thread beside the path is seen only among all. */
export function sliceParams(profile: Profile, tid: number, ns: number): { slice: string; threads?: string } | null {
  const thread = profile.threads.find((one) => one.tid === tid);
  const index = thread ? sliceAt(thread.slices, ns) : -1;
  if (!thread || index < 0) return null;
  const slice = writeSlice(tid, thread.slices[index].startNs);
  return thread.executed || thread.onPath || metOnPath(profile).has(tid) ? { slice } : { slice, threads: 'all' };
}

/** The slice that a step leads to: `by` along its thread, `lanesBy` to another thread at the same time. */
export function stepped(lanes: readonly ThreadTimeline[], from: SliceRef, by: number, lanesBy: number): SliceRef {
  const { startNs, endNs } = from.thread.slices[from.index];
  if (lanesBy === 0) return { thread: from.thread, index: Math.max(0, Math.min(from.thread.slices.length - 1, from.index + by)) };
  const step = Math.sign(lanesBy);
  for (let row = lanes.indexOf(from.thread) + step; row >= 0 && row < lanes.length; row += step) {
    const thread = lanes[row];
    if (thread.slices.length === 0) continue;
    const index = sliceAt(thread.slices, (startNs + endNs) / 2);
    return { thread, index: index >= 0 ? index : thread.slices[0].startNs > startNs ? 0 : thread.slices.length - 1 };
  }
  return from;
}
/** A stretch of time of some threads; no thread named: of all. */
export interface RangeSelection { fromNs: number; toNs: number; tids: number[] }

/** More lanes than these are all of them. */
const MOST_TIDS = 64;

export const writeRange = ({ fromNs, toNs, tids }: RangeSelection): string => `${Math.round(fromNs)}-${Math.round(toNs)}${tids.length > 0 && tids.length <= MOST_TIDS ? `:${tids.join('.')}` : ''}`;

/** null: absent, or none of this profile. */
export function readRange(text: string | null, windowNs: number): RangeSelection | null {
  const match = /^(\d{1,18})-(\d{1,18})(?::(\d{1,10}(?:\.\d{1,10})*))?$/.exec(text ?? '');
  if (!match) return null;
  const [fromNs, toNs] = [Number(match[1]), Math.min(windowNs, Number(match[2]))];
  return toNs > fromNs ? { fromNs, toNs, tids: match[3] ? match[3].split('.').map(Number).slice(0, MOST_TIDS) : [] } : null;
}
