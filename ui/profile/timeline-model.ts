/** What the timeline needs of a profile over and over, made once: by thread, and in order of time. */
import type { CallRef, PathSegment, Profile } from '../../src/server/api.js';
import { withInside } from './lanes.js';
import { marksOf, type Mark } from './marks.js';

export interface TimelineModel {
  /** Of the peers' threads too, where they are traced. */
  pathByTid: ReadonlyMap<number, PathSegment[]>;
  /** The path's pieces, each followed by what a traced peer did in it. */
  flatPath: readonly PathSegment[];
  /** The path as it goes from thread to thread, into a traced peer and back. */
  visits: readonly Visit[];
  /** Times of CPU samples, ascending. */
  samplesByTid: ReadonlyMap<number, number[]>;
  /** Times of log lines and moments, ascending. */
  notchesByTid: ReadonlyMap<number, number[]>;
  callsByTid: ReadonlyMap<number, CallRef[]>;
  logsByTid: ReadonlyMap<number, string[]>;
  /** Of both, in order of time. */
  marks: readonly Mark[];
  moments: readonly Mark[];
  /** Times of all log lines, ascending. */
  logTimes: readonly number[];
}

/** A stretch of the path on one thread. */
export interface Visit { tid: number; startNs: number; endNs: number }

export function modelOf(profile: Profile): TimelineModel {
  const flatPath = profile.path.flatMap(withInside);
  const marks = marksOf(profile);
  return {
    flatPath, visits: visitsOf(profile.path), marks, moments: marks.filter(({ kind }) => kind !== 'log'), logTimes: marks.flatMap(({ kind, ns }) => (kind === 'log' ? [ns] : [])),
    pathByTid: grouped(flatPath, (one) => one.tid, (one) => one),
    samplesByTid: grouped(profile.stacks.samples, (one) => one.tid, (one) => one.ns),
    notchesByTid: grouped(marks.filter(({ kind }) => kind !== 'start' && kind !== 'end'), (one) => one.tid, (one) => one.ns),
    callsByTid: grouped(profile.calls, (one) => one.tid, (one) => one),
    logsByTid: grouped(profile.logs, (one) => one.tid, (one) => one.text.toLowerCase()),
  };
}

/** Without holes or overlaps; pieces of one thread in a row are one visit. */
export function visitsOf(path: readonly PathSegment[]): Visit[] {
  const visits: Visit[] = [];
  const visit = (tid: number, startNs: number, endNs: number): void => {
    const last = visits.at(-1);
    if (endNs <= startNs) return;
    if (last?.tid === tid) last.endNs = endNs;
    else visits.push({ tid, startNs, endNs });
  };
  const walk = (segments: readonly PathSegment[]): void => {
    for (const { tid, startNs, endNs, inside } of segments) {
      let at = startNs;
      for (const one of inside ?? []) {
        visit(tid, at, one.startNs);
        walk([one]);
        at = Math.max(at, one.endNs);
      }
      visit(tid, at, endNs);
    }
  };
  walk(path);
  return visits;
}

function grouped<T, V>(all: readonly T[], keyOf: (one: T) => number, valueOf: (one: T) => V): Map<number, V[]> {
  const map = new Map<number, V[]>();
  for (const one of all) {
    const list = map.get(keyOf(one));
    if (list) list.push(valueOf(one));
    else map.set(keyOf(one), [valueOf(one)]);
  }
  return map;
}
