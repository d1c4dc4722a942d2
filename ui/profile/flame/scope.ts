/** Which stacks a flame graph is of, and what each of them weighs. */
import type { PathSegment, Profile, Slice } from '../../../src/server/api.js';
import { firstEndingAfter, metOnPath } from '../lanes.js';

/** `cpu`: samples, by the CPU time each stands for. `off`: blocks, by how long they lasted. */
export type FlameMode = 'cpu' | 'off';

/** Stretches of time of one thread (`tid`), or of all (null). */
export interface Piece { tid: number | null; fromNs: number; toNs: number }

/** Stack index to ns. */
export type Weights = ReadonlyMap<number, number>;

/** The threads that explain the request, while they do; and, where a peer is traced, what its threads did in that time. */
export function pathPieces(profile: Profile): Piece[] {
  const pieces: Piece[] = [];
  const add = (segments: readonly PathSegment[]): void => {
    for (const { tid, startNs, endNs, inside } of segments) {
      pieces.push({ tid, fromNs: startNs, toNs: endNs });
      if (inside) add(inside);
    }
  };
  add(profile.path);
  return pieces;
}

/** Blocks are the path's when they end within the request: the segment that explains one may be another thread's. */
export function pathThreads(profile: Profile): Piece[] {
  const { threads, requestStartNs, requestEndNs } = profile;
  const met = metOnPath(profile);
  return threads.filter((one) => one.executed || one.onPath || met.has(one.tid)).map(({ tid }) => ({ tid, fromNs: requestStartNs, toNs: requestEndNs }));
}

export function weightsOf(profile: Profile, pieces: readonly Piece[], mode: FlameMode): Weights {
  return mode === 'cpu' ? sampled(profile, pieces) : blocked(profile, pieces);
}

/** Pieces of a thread, in order and without overlap, so that a sample counts once. */
function byThread(pieces: readonly Piece[]): Map<number | null, Piece[]> {
  const map = new Map<number | null, Piece[]>();
  for (const piece of [...pieces].sort((a, b) => a.fromNs - b.fromNs)) {
    const list = map.get(piece.tid);
    const last = list?.at(-1);
    if (last && piece.fromNs <= last.toNs) last.toNs = Math.max(last.toNs, piece.toNs);
    else if (list) list.push({ ...piece });
    else map.set(piece.tid, [{ ...piece }]);
  }
  return map;
}

function holds(list: readonly Piece[] | undefined, ns: number): boolean {
  if (!list) return false;
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle].toNs > ns) high = middle;
    else low = middle + 1;
  }
  return low < list.length && list[low].fromNs <= ns;
}

function sampled({ stacks }: Profile, pieces: readonly Piece[]): Weights {
  const threads = byThread(pieces);
  const everyone = threads.get(null);
  const weights = new Map<number, number>();
  for (const { ns, tid, stack, weightNs } of stacks.samples) {
    if (holds(everyone, ns) || holds(threads.get(tid), ns)) weights.set(stack, (weights.get(stack) ?? 0) + weightNs);
  }
  return weights;
}

export const isBlocked = (slice: Slice): boolean => slice.kind !== 'running' && slice.kind !== 'run_queue';

function blocked({ threads }: Profile, pieces: readonly Piece[]): Weights {
  const wanted = byThread(pieces);
  const weights = new Map<number, number>();
  for (const { tid, slices } of threads) {
    for (const { fromNs, toNs } of wanted.get(tid) ?? wanted.get(null) ?? []) {
      for (let i = firstEndingAfter(slices, fromNs); i < slices.length && slices[i].startNs < toNs; i++) {
        const { stack, startNs, endNs } = slices[i];
        if (stack === undefined || !isBlocked(slices[i])) continue;
        weights.set(stack, (weights.get(stack) ?? 0) + Math.min(endNs, toNs) - Math.max(startNs, fromNs));
      }
    }
  }
  return weights;
}

export const totalOf = (weights: Weights): number => [...weights.values()].reduce((sum, ns) => sum + ns, 0);
