/** What the timeline shows from top to bottom: threads by process, under each the calls it made. */
import type { CallRef, Profile, ThreadTimeline } from '../../src/server/api.js';
import type { RowMatcher } from './row-filter.js';
import type { TimelineModel } from './timeline-model.js';

export type Row =
  | { kind: 'thread'; thread: ThreadTimeline }
  | { kind: 'calls'; thread: ThreadTimeline; calls: readonly CallRef[] }
  | { kind: 'process'; pid: number; name: string; threads: number };

/** Calls of an event loop overlap; more than fits into these is found in the list of peers. */
const CALL_ROWS = 3;

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

function callRows(thread: ThreadTimeline, { callsByTid }: TimelineModel): Row[] {
  const rows: CallRef[][] = [];
  for (const call of callsByTid.get(thread.tid) ?? []) {
    const free = rows.find((row) => row.at(-1)!.endNs <= call.startNs);
    if (free) free.push(call);
    else if (rows.length < CALL_ROWS) rows.push([call]);
  }
  return rows.map((calls) => ({ kind: 'calls', thread, calls }));
}

/** The service it is known as, else the name of its first thread. */
export function processName({ calls, threads }: Profile, pid: number): string {
  return calls.find((call) => call.server?.pid === pid)?.service ?? threads.find((one) => one.tid === pid)?.name ?? threads.find((one) => one.pid === pid)?.name ?? '';
}

export const threadsOf = (rows: readonly Row[]): ThreadTimeline[] => rows.flatMap((row) => (row.kind === 'thread' ? [row.thread] : []));
