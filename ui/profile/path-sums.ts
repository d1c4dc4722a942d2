/** The critical path summed up: who waited for what, how often and how long; and below a traced peer, what it did in that time. */
import type { CallRef, LedgerKind, PathSegment } from '../../src/server/api.js';
import { TAKEN_TOGETHER } from './ledger.js';

export interface PathSum {
  tid: number;
  kind: LedgerKind;
  /** The largest one's; how many others there were in `others`. */
  object: string;
  others: number;
  ns: number;
  count: number;
  /** The longest piece: where to look. */
  longest: PathSegment;
  /** When all pieces waited for the same one. */
  call: CallRef | null;
  /** How deep inside of peers. */
  depth: number;
}

interface Group { segments: PathSegment[]; ns: number; byObject: Map<string, number> }

/** Most of one level; the rest of a path is many small things. */
const MOST = 8;

/** Largest first, each followed by what is inside of it, as far as that is at least `leastNs`. */
export function pathSums(path: readonly PathSegment[], leastNs: number, depth = 0): PathSum[] {
  const groups = new Map<string, Group>();
  for (const segment of path) {
    const key = `${segment.tid} ${segment.kind} ${TAKEN_TOGETHER.has(segment.kind) ? '' : segment.object}`;
    let group = groups.get(key);
    if (!group) groups.set(key, (group = { segments: [], ns: 0, byObject: new Map() }));
    const ns = segment.endNs - segment.startNs;
    group.segments.push(segment);
    group.ns += ns;
    group.byObject.set(segment.object, (group.byObject.get(segment.object) ?? 0) + ns);
  }
  const shown = [...groups.values()].filter(({ ns }) => ns >= leastNs).sort((a, b) => b.ns - a.ns).slice(0, MOST);
  return shown.flatMap((group) => [sumOf(group, depth), ...pathSums(group.segments.flatMap(({ inside }) => inside ?? []), leastNs, depth + 1)]);
}

function sumOf({ segments, ns, byObject }: Group, depth: number): PathSum {
  const [{ tid, kind, call }] = segments;
  const [object] = [...byObject].reduce((most, one) => (one[1] > most[1] ? one : most));
  const longest = segments.reduce((most, one) => (one.endNs - one.startNs > most.endNs - most.startNs ? one : most));
  return { tid, kind, object, others: byObject.size - 1, ns, count: segments.length, longest, depth, call: segments.every((one) => one.call?.id === call?.id) ? call : null };
}
