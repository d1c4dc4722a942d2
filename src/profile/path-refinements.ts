/** What samples and the cgroup's accounts add to a path: collection of garbage among time on CPU, and a CPU limit among the run queue. */
import type { PathSegment, Pressure } from './profile.js';
import { collects } from './runtime-names.js';
import type { Stacks } from './stacks.js';

/** Two samples apart by more than this say nothing about the time between. */
const GAP_PERIODS = 2.5;
/** As thread-slices.ts calls it. */
export const IDLE_CPU = 'an idle CPU';
/** Waits for a CPU that a limit may have caused: its period is 100 ms, unless somebody chose a very short one. */
const LEAST_THROTTLED_NS = 2e6;

/** Time on CPU in which the samples were in the collector of the thread's own runtime. */
export function withCollections(path: readonly PathSegment[], stacks: Stacks | undefined): PathSegment[] {
  if (!stacks || stacks.samples.length === 0) return [...path];
  const collecting = new Map(stacks.stacks.map(({ frames }, i) => [i, frames.map((frame) => stacks.frames[frame]?.name ?? '').find(collects) ?? '']));
  if (![...collecting.values()].some((name) => name !== '')) return [...path];
  return path.flatMap((segment) => {
    if (segment.kind !== 'cpu') return [segment];
    const ofThread = stacks.samples.filter(({ tid }) => tid === segment.tid);
    const samples = ofThread.filter(({ ns }) => ns >= segment.startNs && ns <= segment.endNs);
    if (samples.length === 0) {
      // Too short for a sample: the thread went on with what it was at, if that was the same after it.
      const around = [ofThread.findLast(({ ns }) => ns < segment.startNs), ofThread.find(({ ns }) => ns > segment.endNs)];
      return [around.every((one) => one && collecting.get(one.stack)) ? { ...segment, kind: 'gc', object: 'garbage collection' } : segment];
    }
    const parts: PathSegment[] = [];
    samples.forEach(({ ns, weightNs, stack }, i) => {
      const before = samples[i - 1];
      const after = samples[i + 1];
      const startNs = i === 0 ? segment.startNs : ns - Math.min(ns - before.ns, weightNs * GAP_PERIODS) / 2;
      const endNs = i === samples.length - 1 ? segment.endNs : ns + Math.min(after.ns - ns, weightNs * GAP_PERIODS) / 2;
      push(parts, { ...segment, startNs: Math.max(startNs, parts.at(-1)?.endNs ?? segment.startNs), endNs, ...(collecting.get(stack) ? { kind: 'gc', object: 'garbage collection' } : {}) });
    });
    return filled(parts, segment);
  });
}

/** Cuts and joins so that the parts cover the segment. */
function filled(parts: readonly PathSegment[], segment: PathSegment): PathSegment[] {
  const covering: PathSegment[] = [];
  let untilNs = segment.startNs;
  for (const part of parts) {
    push(covering, { ...segment, startNs: untilNs, endNs: part.startNs });
    push(covering, part);
    untilNs = Math.max(untilNs, part.endNs);
  }
  push(covering, { ...segment, startNs: untilNs, endNs: segment.endNs });
  return covering;
}

function push(parts: PathSegment[], part: PathSegment): void {
  if (!(part.endNs > part.startNs)) return;
  const last = parts.at(-1);
  if (last && last.kind === part.kind && last.object === part.object && last.endNs === part.startNs) last.endNs = part.endNs;
  else parts.push({ ...part });
}

/** Time in the run queue while the cgroup's CPU limit held its threads back: as much as the kernel accounted for, the longest waits first. */
export function withThrottling(path: readonly PathSegment[], pressure: Pressure | undefined): PathSegment[] {
  const throttledNs = pressure?.throttledNs ?? 0;
  if (!pressure?.throttled || throttledNs <= 0) return [...path];
  const queued = path.filter((one) => one.kind === 'run_queue' && one.endNs - one.startNs >= LEAST_THROTTLED_NS);
  const idleFirst = (one: PathSegment): number => (one.object === '' || one.object.startsWith(IDLE_CPU) ? 0 : 1);
  queued.sort((a, b) => idleFirst(a) - idleFirst(b) || (b.endNs - b.startNs) - (a.endNs - a.startNs));
  let leftNs = throttledNs;
  const held = new Set<PathSegment>();
  for (const segment of queued) {
    // What the accounts say is of all CPUs; a wait that is longer than all of it was for another reason too.
    if (leftNs < (segment.endNs - segment.startNs) / 2) continue;
    held.add(segment);
    leftNs -= segment.endNs - segment.startNs;
  }
  return path.map((segment) => (held.has(segment) ? { ...segment, kind: 'throttled', object: 'CPU limit of its cgroup' } : segment));
}
