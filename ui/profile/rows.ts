/** What the timeline shows from top to bottom: threads by process, under each the calls it made. */
import type { CallRef, Profile, ThreadTimeline } from '../../src/server/api.js';
import type { RowMatcher } from './row-filter.js';
import type { TimelineModel } from './timeline-model.js';

export type Row =
  | { kind: 'thread'; thread: ThreadTimeline }
  /** `hidden`: of the thread's calls, how many are in none of its rows; told in the last. */
  | { kind: 'calls'; thread: ThreadTimeline; calls: readonly CallRef[]; hidden: number }
  | { kind: 'process'; pid: number; name: string; threads: number };

/** Calls of an event loop overlap; more than fits into these is found in the list of peers. */
const CALL_ROWS = 3;
const MOST_CALLS = 600;

/** @param every the threads in their order, from `lanesOf` */
export function rowsOf(profile: Profile, every: readonly ThreadTimeline[], matcher: RowMatcher, model: TimelineModel): Row[] {
  const lanes = every.filter((thread) => matcher.isEmpty || matcher.shown(thread) !== null);
  const pids = [...new Set([profile.pid, ...lanes.map((thread) => thread.pid)])];
  return pids.flatMap((pid) => {
    const threads = lanes.filter((thread) => thread.pid === pid);
    const rows = threads.flatMap((thread): Row[] => [{ kind: 'thread', thread }, ...callRows(thread, model)]);
    return pid === profile.pid ? rows : [{ kind: 'process' as const, pid, name: processName(profile, pid), threads: threads.length }, ...rows];
  });
}

/** The calls that the path waited for first, then the longest, each in the first row where it overlaps with none. */
function callRows(thread: ThreadTimeline, { callsByTid, flatPath }: TimelineModel): Row[] {
  const calls = callsByTid.get(thread.tid) ?? [];
  if (calls.length === 0) return [];
  const waited = new Set(flatPath.map((segment) => segment.call?.id ?? ''));
  const rank = (call: CallRef): number => (waited.has(call.id) ? 1e18 : 0) + call.endNs - call.startNs;
  const rows: CallRef[][] = [];
  for (const call of [...calls].sort((a, b) => rank(b) - rank(a)).slice(0, MOST_CALLS)) {
    const free = rows.find((row) => row.every((one) => one.endNs <= call.startNs || one.startNs >= call.endNs));
    if (free) free.push(call);
    else if (rows.length < CALL_ROWS) rows.push([call]);
  }
  const hidden = calls.length - rows.reduce((sum, row) => sum + row.length, 0);
  return rows.map((row, i) => ({ kind: 'calls', thread, calls: row.sort((a, b) => a.startNs - b.startNs), hidden: i === rows.length - 1 ? hidden : 0 }));
}

/** The service it is known as, else the name of its first thread. */
export function processName({ calls, threads }: Profile, pid: number): string {
  return calls.find((call) => call.server?.pid === pid)?.service ?? threads.find((one) => one.tid === pid)?.name ?? threads.find((one) => one.pid === pid)?.name ?? '';
}

export const threadsOf = (rows: readonly Row[]): ThreadTimeline[] => rows.flatMap((row) => (row.kind === 'thread' ? [row.thread] : []));
