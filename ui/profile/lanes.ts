/** Threads as lanes: which, in which order, and what lies where in them. */
import type { PathSegment, Profile, Slice, ThreadTimeline } from '../../src/server/api.js';
import type { TimeView } from './time-view.js';

/** A slice of a thread, by its place in the profile. */
export interface SliceRef { thread: ThreadTimeline; index: number }

/** Threads with a part in the request, in the order in which the path meets them; `all` adds the others, busiest first. */
export function lanesOf(profile: Profile, all: boolean): ThreadTimeline[] {
  const met = metOnPath(profile);
  const isPart = (thread: ThreadTimeline): boolean => thread.executed || thread.onPath || met.has(thread.tid);
  const parts = profile.threads.filter(isPart).sort((a, b) => Number(b.executed) - Number(a.executed) || (met.get(a.tid) ?? 1e9) - (met.get(b.tid) ?? 1e9) || a.tid - b.tid);
  if (!all) return parts;
  const others = profile.threads.filter((thread) => !isPart(thread)).map((thread) => ({ thread, busy: busyNs(thread) }));
  return [...parts, ...others.sort((a, b) => b.busy - a.busy || a.thread.tid - b.thread.tid).map(({ thread }) => thread)];
}

/** Threads in the order in which the path meets them, those of traced peers too. */
export function metOnPath({ path }: Pick<Profile, 'path'>): ReadonlyMap<number, number> {
  const known = metOf.get(path);
  if (known) return known;
  const met = new Map<number, number>();
  for (const { tid } of path.flatMap(withInside)) if (!met.has(tid)) met.set(tid, met.size);
  metOf.set(path, met);
  return met;
}

/** Asked for with every link to a slice. */
const metOf = new WeakMap<readonly PathSegment[], ReadonlyMap<number, number>>();

/** A piece, and what a traced peer did in it. */
export function withInside(segment: PathSegment): PathSegment[] {
  return segment.inside ? [segment, ...segment.inside.flatMap(withInside)] : [segment];
}

function busyNs(thread: ThreadTimeline): number {
  let sum = 0;
  for (const slice of thread.slices) if (slice.kind === 'running') sum += slice.endNs - slice.startNs;
  return sum;
}

/** Index of the first slice that ends after `ns`; their number when none does. */
export function firstEndingAfter(slices: readonly Slice[], ns: number): number {
  let low = 0;
  let high = slices.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (slices[middle].endNs > ns) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Index of the first of the ascending times that is not before `ns`. */
export function firstFrom(times: readonly number[], ns: number): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle] >= ns) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Index of the slice at `ns`, -1 when the thread has none there. */
export function sliceAt(slices: readonly Slice[], ns: number): number {
  const index = firstEndingAfter(slices, ns);
  return index < slices.length && slices[index].startNs <= ns ? index : -1;
}

/** A slice narrower than `slackNs` cannot be met exactly: the nearest one within it counts. */
export function sliceNear(slices: readonly Slice[], ns: number, slackNs: number): number {
  const exact = sliceAt(slices, ns);
  if (exact >= 0) return exact;
  const next = firstEndingAfter(slices, ns);
  const after = next < slices.length ? slices[next].startNs - ns : Infinity;
  const before = next > 0 ? ns - slices[next - 1].endNs : Infinity;
  if (Math.min(after, before) > slackNs) return -1;
  return after < before ? next : next - 1;
}

/** What is drawn as one rectangle: a slice, or neighbours too narrow to be told apart (`index` -1). */
export interface Run { fromX: number; toX: number; kind: Slice['kind']; index: number }

/**
 * The visible slices as rectangles. Those narrower than a pixel share pixel columns: each column takes the kind that
 * has most of it, and equal neighbours join. So there are never more rectangles than about two a pixel.
 * @param shown 0 for slices to leave out
 */
export function runsOf(slices: readonly Slice[], view: TimeView, width: number, shown: Uint8Array | null = null): Run[] {
  const scale = width / (view.toNs - view.fromNs);
  const runs: Run[] = [];
  const columns = new ColumnMerger(runs);
  for (let i = firstEndingAfter(slices, view.fromNs); i < slices.length && slices[i].startNs < view.toNs; i++) {
    if (shown && shown[i] === 0) continue;
    const { startNs, endNs, kind } = slices[i];
    const fromX = Math.max(0, (startNs - view.fromNs) * scale);
    const toX = Math.min(width, (endNs - view.fromNs) * scale);
    if (toX - fromX < 1) {
      columns.add(fromX, toX, kind);
      continue;
    }
    columns.flush();
    runs.push({ fromX, toX, kind, index: i });
  }
  columns.flush();
  return runs;
}

class ColumnMerger {
  readonly #shares = new Map<Slice['kind'], number>();
  #column = -1;

  constructor(private readonly runs: Run[]) {}

  add(fromX: number, toX: number, kind: Slice['kind']): void {
    const column = Math.floor(fromX);
    if (column !== this.#column) this.flush();
    this.#column = column;
    this.#shares.set(kind, (this.#shares.get(kind) ?? 0) + toX - fromX);
  }

  flush(): void {
    if (this.#shares.size === 0) return;
    const [kind] = [...this.#shares].reduce((most, one) => (one[1] > most[1] ? one : most));
    const last = this.runs.at(-1);
    if (last && last.index === -1 && last.kind === kind && last.toX >= this.#column) last.toX = this.#column + 1;
    else this.runs.push({ fromX: this.#column, toX: this.#column + 1, kind, index: -1 });
    this.#shares.clear();
  }
}
