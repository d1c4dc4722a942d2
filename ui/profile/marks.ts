/** What stands on the axis: the request's own moments, what befell it, and log lines. */
import type { MomentKind, Profile } from '../../src/server/api.js';
import { xOf, type TimeView } from './time-view.js';

export type MarkKind = MomentKind | 'start' | 'end' | 'log';

export interface Mark {
  ns: number;
  kind: MarkKind;
  tid: number;
  text: string;
  /** Of a log line: its number in the profile. */
  line: number;
}

export const MARK_WORDS: Readonly<Record<MarkKind, string>> = {
  start: 'request starts', end: 'request ends', read: 'read', first_byte: 'first byte', retransmit: 'sent again', throttled: 'held back', gc: 'GC', exec: 'exec',
  thread_started: 'new thread', thread_ended: 'thread ends', log: 'log',
};

/** Whose words come first when there is not room for all. */
const PRIORITY: readonly MarkKind[] = ['start', 'end', 'throttled', 'retransmit', 'gc', 'read', 'first_byte', 'exec', 'thread_started', 'thread_ended'];

export const markWord = (kind: MarkKind): string => MARK_WORDS[kind] ?? kind;

export function marksOf({ requestStartNs, requestEndNs, moments, logs }: Profile): Mark[] {
  return [
    { ns: requestStartNs, kind: 'start' as const, tid: 0, text: '', line: -1 }, { ns: requestEndNs, kind: 'end' as const, tid: 0, text: '', line: -1 },
    ...moments.map(({ ns, kind, tid, text }) => ({ ns, kind, tid, text, line: -1 })), ...logs.map(({ ns, tid, text }, line) => ({ ns, kind: 'log' as const, tid, text, line })),
  ].sort((a, b) => a.ns - b.ns);
}

export interface PlacedWord { mark: Mark; x: number; left: number }

/** Which words fit beside each other; the end's stands left of its line, the others right of theirs. */
export function placedWords(marks: readonly Mark[], view: TimeView, width: number, widthOf: (word: string) => number): PlacedWord[] {
  const taken: Array<[number, number]> = [];
  const placed: PlacedWord[] = [];
  const wanted = marks.filter(({ kind, ns }) => kind !== 'log' && ns >= view.fromNs && ns <= view.toNs);
  for (const mark of wanted.sort((a, b) => rank(a) - rank(b) || a.ns - b.ns)) {
    const x = xOf(view, mark.ns, width);
    const wide = widthOf(markWord(mark.kind));
    const left = mark.kind === 'end' ? x - wide - 4 : x + 5;
    if (left < -4 || left + wide > width + 4 || taken.some(([from, to]) => left - 6 < to && left + wide + 6 > from)) continue;
    taken.push([left, left + wide]);
    placed.push({ mark, x, left });
  }
  return placed;
}

function rank({ kind }: Mark): number {
  const at = PRIORITY.indexOf(kind);
  return at < 0 ? PRIORITY.length : at;
}

/** Those nearer than `slackNs`, nearest first. */
export function marksNear(marks: readonly Mark[], ns: number, slackNs: number): Mark[] {
  return marks.filter((mark) => Math.abs(mark.ns - ns) <= slackNs).sort((a, b) => Math.abs(a.ns - ns) - Math.abs(b.ns - ns));
}
