/** Points on a profile's axis: threads that started or ended, programs executed, segments sent again. */
import type { LifeRecord, RetransmitRecord } from './evidence.js';
import type { Moment, MomentKind } from './profile.js';

/** A process that starts a thread for each request has thousands; an axis shows some hundred. */
const MAX_MOMENTS = 1_000;

const KINDS: Record<LifeRecord['what'], MomentKind | null> = { started: 'thread_started', ended: 'thread_ended', exec: 'exec', named: null };

export interface MomentInput {
  lives: readonly LifeRecord[];
  /** Of the connections that concern the request. */
  retransmits: readonly RetransmitRecord[];
  pid: number;
  fromNs: number;
  toNs: number;
}

/** In order of time, relative to `fromNs`. */
export function momentsOf({ lives, retransmits, pid, fromNs, toNs }: MomentInput): Moment[] {
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
  return moments.sort((a, b) => a.ns - b.ns).slice(0, MAX_MOMENTS);
}
