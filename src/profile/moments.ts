/** Points on a profile's axis: the request's own, threads that started or ended, programs executed, segments sent again, and what its path met. */
import type { LifeRecord, RetransmitRecord } from './evidence.js';
import type { Moment, MomentKind, PathSegment, RequestEnds, ThreadRef } from './profile.js';

/** A process that starts a thread for each request has thousands; an axis shows some hundred. */
const MAX_MOMENTS = 1_000;

const KINDS: Record<LifeRecord['what'], MomentKind | null> = { started: 'thread_started', ended: 'thread_ended', exec: 'exec', named: null };

export interface MomentInput {
  lives: readonly LifeRecord[];
  /** Of the connections that concern the request. */
  retransmits: readonly RetransmitRecord[];
  request: RequestEnds;
  pid: number;
  fromNs: number;
  toNs: number;
}

/** In order of time, relative to `fromNs`; those of the request are never left out. */
export function momentsOf({ lives, retransmits, request, pid, fromNs, toNs }: MomentInput): Moment[] {
  const moments: Moment[] = [];
  for (const life of lives) {
    const kind = KINDS[life.what];
    if (kind === null || life.ns < fromNs || life.ns > toNs) continue;
    const text = kind === 'exec' ? `now runs ${life.name}` : life.name;
    moments.push({ ns: life.ns - fromNs, kind, pid: life.pid, tid: life.tid, text });
  }
  for (const { ns, local, remote, srttUs } of retransmits) {
    moments.push({ ns: ns - fromNs, kind: 'retransmit', pid, tid: 0, text: `${local} → ${remote}, round trip ${(srttUs / 1000).toFixed(1)} ms` });
  }
  return [...ofRequest(request, pid), ...moments.sort(byTime).slice(0, MAX_MOMENTS)].sort(byTime);
}

function byTime(a: Moment, b: Moment): number {
  return a.ns - b.ns;
}

/** When it was read, if it had lain in the socket, and when its response began; relative like the request itself. */
function ofRequest({ readNs, firstByteNs, tid, responseTid = tid }: RequestEnds, pid: number): Moment[] {
  return [
    ...(readNs === undefined ? [] : [{ ns: readNs, kind: 'read' as const, pid, tid, text: '' }]),
    ...(firstByteNs === undefined ? [] : [{ ns: firstByteNs, kind: 'first_byte' as const, pid, tid: responseTid, text: '' }]),
  ];
}

/** Shorter ones are not told. */
const LEAST_MET_NS = 1e6;
const MET = ['gc', 'throttled'] as const;

/** What the path met goes in among the moments, each where it begins. */
export function withPath(moments: readonly Moment[], path: readonly PathSegment[], threads: readonly ThreadRef[]): Moment[] {
  const isMet = (kind: string): kind is typeof MET[number] => (MET as readonly string[]).includes(kind);
  const pids = new Map(threads.map(({ tid, pid }) => [tid, pid]));
  const met = path.flatMap(({ kind, startNs, endNs, tid, object }): Moment[] => (
    isMet(kind) && endNs - startNs >= LEAST_MET_NS ? [{ ns: startNs, kind, pid: pids.get(tid) ?? 0, tid, text: object }] : []));
  return [...moments.filter(({ kind }) => !isMet(kind)), ...met.slice(0, MAX_MOMENTS)].sort(byTime);
}
