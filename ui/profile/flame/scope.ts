/** Which stacks a flame graph is of, and what each of them weighs. */
import type { PathSegment, Profile, Slice } from '../../../src/server/api.js';
import { firstEndingAfter, metOnPath } from '../lanes.js';
import { processName } from '../rows.js';
import type { Chain, FunctionInfo, FunctionTable } from './functions.js';

/** `cpu`: samples, by the CPU time each stands for. `off`: blocks, by how long they lasted. */
export type FlameMode = 'cpu' | 'off';

/** Stretches of time of one thread (`tid`), or of all (null). */
export interface Piece { tid: number | null; fromNs: number; toNs: number }

/** What a stack of a process weighs, in ns. */
export interface Weight { pid: number; stack: number; ns: number }

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

export function weightsOf(profile: Profile, pieces: readonly Piece[], mode: FlameMode): Weight[] {
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

function sampled({ stacks }: Profile, pieces: readonly Piece[]): Weight[] {
  const threads = byThread(pieces);
  const everyone = threads.get(null);
  const weights = new WeightSums();
  for (const { ns, pid, tid, stack, weightNs } of stacks.samples) {
    if (holds(everyone, ns) || holds(threads.get(tid), ns)) weights.add(pid, stack, weightNs);
  }
  return weights.list;
}

class WeightSums {
  readonly list: Weight[] = [];
  readonly #byKey = new Map<string, Weight>();

  add(pid: number, stack: number, ns: number): void {
    const key = `${pid} ${stack}`;
    const known = this.#byKey.get(key);
    if (known) known.ns += ns;
    else {
      const weight = { pid, stack, ns };
      this.#byKey.set(key, weight);
      this.list.push(weight);
    }
  }
}

export const isBlocked = (slice: Slice): boolean => slice.kind !== 'running' && slice.kind !== 'run_queue';

function blocked({ threads }: Profile, pieces: readonly Piece[]): Weight[] {
  const wanted = byThread(pieces);
  const weights = new WeightSums();
  for (const { pid, tid, slices } of threads) {
    for (const { fromNs, toNs } of wanted.get(tid) ?? wanted.get(null) ?? []) {
      for (let i = firstEndingAfter(slices, fromNs); i < slices.length && slices[i].startNs < toNs; i++) {
        const { stack, startNs, endNs } = slices[i];
        if (stack !== undefined && isBlocked(slices[i])) weights.add(pid, stack, Math.min(endNs, toNs) - Math.max(startNs, fromNs));
      }
    }
  }
  return weights.list;
}

/** Stacks of several processes begin with the name of theirs: `main` of one is not `main` of another. */
export function chainsOf(profile: Profile, table: FunctionTable, weights: readonly Weight[], withProcess = new Set(weights.map(({ pid }) => pid)).size > 1): Array<{ chain: Chain; ns: number }> {
  return weights.map(({ pid, stack, ns }) => {
    const chain = table.chain(profile.stacks, stack);
    return { ns, chain: withProcess ? [table.intern(processFrame(profile, pid)), ...chain] : chain };
  });
}

const processFrame = (profile: Profile, pid: number): FunctionInfo => ({ name: pid === profile.pid ? profile.service : processName(profile, pid) || `pid ${pid}`, kind: 'process', module: '', file: '', line: 0, inlined: false });
