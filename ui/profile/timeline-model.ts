/** What the timeline needs of a profile over and over, made once: by thread, and in order of time. */
import type { CallRef, PathSegment, Profile } from '../../src/server/api.js';
import { marksOf, type Mark } from './marks.js';

export interface TimelineModel {
  /** Of the peers' threads too, where they are traced. */
  pathByTid: ReadonlyMap<number, PathSegment[]>;
  /** The path as it goes from thread to thread, into a traced peer and back. */
  flatPath: readonly PathSegment[];
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

export function modelOf(profile: Profile): TimelineModel {
  const flatPath = profile.path.flatMap(withInside);
  const marks = marksOf(profile);
  return {
    flatPath, marks, moments: marks.filter(({ kind }) => kind !== 'log'), logTimes: marks.flatMap(({ kind, ns }) => (kind === 'log' ? [ns] : [])),
    pathByTid: grouped(flatPath, (one) => one.tid, (one) => one),
    samplesByTid: grouped(profile.stacks.samples, (one) => one.tid, (one) => one.ns),
    notchesByTid: grouped(marks.filter(({ kind }) => kind !== 'start' && kind !== 'end'), (one) => one.tid, (one) => one.ns),
    callsByTid: grouped(profile.calls, (one) => one.tid, (one) => one),
    logsByTid: grouped(profile.logs, (one) => one.tid, (one) => one.text.toLowerCase()),
  };
}

function withInside(segment: PathSegment): PathSegment[] {
  return segment.inside ? [segment, ...segment.inside.flatMap(withInside)] : [segment];
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
