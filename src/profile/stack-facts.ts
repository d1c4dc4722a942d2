/** What the names of functions in stacks tell about waits and threads: all that a critical path needs to know of stacks. */
import type { ThreadTimeline } from './profile.js';
import { isLibuvPool, takesLock, waitReason, type WaitReason } from './runtime-names.js';
import type { Stacks } from './stacks.js';

/** Stacks by their index. Where names are not known nothing of it is there. */
export interface StackFacts {
  /** In the taking of a lock. */
  lockStacks?: ReadonlySet<number>;
  /** What a wait in it was for. */
  waitReasons?: ReadonlyMap<number, WaitReason>;
  /** Threads of an event loop's own pool. */
  poolThreads?: ReadonlySet<number>;
}

export function stackFacts(threads: readonly ThreadTimeline[], stacks: Stacks): StackFacts {
  const names = stacks.stacks.map((stack) => stack.frames.map((frame) => stacks.frames[frame]?.name ?? ''));
  return {
    lockStacks: new Set(names.flatMap((one, i) => (takesLock(one) ? [i] : []))),
    waitReasons: new Map(names.flatMap((one, i) => {
      const reason = waitReason(one);
      return reason ? [[i, reason] as const] : [];
    })),
    poolThreads: threadsIn(new Set(names.flatMap((one, i) => (isLibuvPool(one) ? [i] : []))), threads, stacks),
  };
}

function threadsIn(wanted: ReadonlySet<number>, threads: readonly ThreadTimeline[], { samples }: Stacks): Set<number> {
  const blocked = threads.filter(({ slices }) => slices.some(({ stack }) => stack !== undefined && wanted.has(stack)));
  const sampled = samples.filter(({ stack }) => wanted.has(stack));
  return new Set([...blocked, ...sampled].map(({ tid }) => tid));
}

/** For the path of another process or thread in the same profile. */
export function sameStacks({ lockStacks, waitReasons, poolThreads }: StackFacts): StackFacts {
  return { lockStacks, waitReasons, poolThreads };
}
