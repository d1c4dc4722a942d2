/** Where the samples of some stretches of time mostly were: the one function of the program's own that explains them best. */
import { carries, isLibrary } from './runtime-names.js';
import type { Frame, Stacks } from './stacks.js';

export interface HotFunction {
  name: string;
  /** 0..1 of the samples: it or what it called. */
  share: number;
  samples: number;
}

export interface Stretch { tid: number; startNs: number; endNs: number }

/** Down the tree of callers as long as one function is in so much of it. */
const MAIN_SHARE = 0.6;
/** Less than this says nothing. */
const LEAST_SHARE = 0.3;
const LEAST_SAMPLES = 2;
/** null: too few samples, or nothing stands out. */
export function hotFunction(stacks: Stacks | undefined, stretches: readonly Stretch[]): HotFunction | null {
  if (!stacks || stacks.samples.length === 0) return null;
  const counted = countStacks(stacks, stretches);
  const samples = [...counted.values()].reduce((sum, count) => sum + count, 0);
  if (samples < LEAST_SAMPLES) return null;
  return byDescent(stacks, counted, samples) ?? byAnyFrame(stacks, counted, samples);
}

function countStacks(stacks: Stacks, stretches: readonly Stretch[]): Map<number, number> {
  const counted = new Map<number, number>();
  const byThread = new Map<number, Stretch[]>();
  for (const stretch of stretches) byThread.set(stretch.tid, [...byThread.get(stretch.tid) ?? [], stretch]);
  for (const { ns, tid, stack } of stacks.samples) {
    if (byThread.get(tid)?.some(({ startNs, endNs }) => ns >= startNs && ns <= endNs)) counted.set(stack, (counted.get(stack) ?? 0) + 1);
  }
  return counted;
}

interface Node { samples: number; below: Map<string, Node>; own: boolean; frame: Frame | null }

/** The innermost function of the program's own below which most samples are. */
function byDescent(stacks: Stacks, counted: ReadonlyMap<number, number>, samples: number): HotFunction | null {
  const root: Node = { samples, below: new Map<string, Node>(), own: false, frame: null };
  for (const [index, count] of counted) {
    let node = root;
    for (const frame of outermostFirst(stacks, index)) {
      const name = nameOf(frame);
      if (name === '' || carries(name)) continue;
      let next = node.below.get(name);
      if (!next) node.below.set(name, (next = { samples: 0, below: new Map<string, Node>(), own: isOwn(frame), frame }));
      next.samples += count;
      node = next;
    }
  }
  let found: HotFunction | null = null;
  let foundFrame: Frame | null = null;
  for (let node = root; ;) {
    const [name, next] = [...node.below].sort((a, b) => b[1].samples - a[1].samples)[0] ?? ['', null];
    if (!next || next.samples < samples * MAIN_SHARE) return found;
    // A small function without a name is known best by the one around it, or before it, in its script.
    const told = found !== null && isAnonymous(next.frame) && !isAnonymous(foundFrame) && foundFrame?.module === next.frame?.module;
    if (next.own && !told) {
      found = { name, share: next.samples / samples, samples };
      foundFrame = next.frame;
    }
    node = next;
  }
}

/** Called from many places: the function of its own that is in most stacks. */
function byAnyFrame(stacks: Stacks, counted: ReadonlyMap<number, number>, samples: number): HotFunction | null {
  const sums = new Map<string, number>();
  for (const [index, count] of counted) {
    const innermost = [...outermostFirst(stacks, index)].reverse().find((frame) => isOwn(frame) && !carries(nameOf(frame)));
    if (innermost) sums.set(nameOf(innermost), (sums.get(nameOf(innermost)) ?? 0) + count);
  }
  const [best] = [...sums].sort((a, b) => b[1] - a[1]);
  return best && best[1] >= samples * LEAST_SHARE ? { name: best[0], share: best[1] / samples, samples } : null;
}

function outermostFirst(stacks: Stacks, index: number): Frame[] {
  return [...stacks.stacks[index]?.frames ?? []].reverse().map((frame) => stacks.frames[frame]).filter((frame) => frame !== undefined);
}

function nameOf(frame: Frame): string {
  if (frame.kind === 'kernel') return '';
  if (!isAnonymous(frame)) return frame.name;
  const place = frame.module || frame.file;
  return place === '' ? '' : `an anonymous function at ${place}${frame.line > 0 ? `:${frame.line}` : ''}`;
}

/** As V8's frames are called where the script has no name for the function. */
function isAnonymous(frame: Frame | null): boolean {
  return frame?.kind === 'javascript' && frame.name === '(anonymous)';
}

/** Named, and not of a library, a runtime or the kernel. */
function isOwn(frame: Frame): boolean {
  if (frame.kind === 'kernel' || frame.kind === 'unknown' || nameOf(frame) === '' || /\+0x[0-9a-f]+$/.test(frame.name)) return false;
  return !isLibrary(frame);
}
