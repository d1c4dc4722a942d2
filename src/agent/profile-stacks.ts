/** The stacks of a window with names: samples, and where the blocks of its slices were. */
import type { Evidence, LifeRecord, SampleRecord, StackCopy } from '../profile/evidence.js';
import type { Slice, ThreadTimeline } from '../profile/profile.js';
import { NAMES_TO_COME, noStacks, type Stacks } from '../profile/stacks.js';
import type { NamedStacks, StackItem, StackNamer } from '../symbols/stack-request.js';

/** How long a profile waits for names before it is shown without some of them. */
const WITHIN_MS = 600;

export class ProfileStacks {
  /** Slices whose `stack` is an index into the evidence's blocks, until names are there. */
  readonly #blocked: Array<{ slice: Slice; item: number }> = [];
  readonly #items: StackItem[];
  /** What limits the names, as sentences. */
  notes: string[] = [];
  readonly #programs: ReadonlyMap<number, Program>;

  constructor(private readonly evidence: Pick<Evidence, 'samples' | 'blocks' | 'lives'>, private readonly originNs: number, threads: readonly ThreadTimeline[]) {
    this.#programs = programsOf(evidence.lives);
    this.#items = evidence.samples.map((sample) => this.#item(sample));
    const itemOf = new Map<number, number>();
    for (const { slices } of threads) for (const slice of slices) if (slice.stack !== undefined) this.#add(slice, slice.stack, itemOf);
  }

  /** Sets the `stack` of the slices. `later`: the rest of the names, to be applied by `apply`. */
  async named(namer: StackNamer | null): Promise<{ stacks: Stacks; later: Promise<NamedStacks> | null }> {
    if (namer === null || this.#items.length === 0) {
      for (const { slice } of this.#blocked) delete slice.stack;
      return { stacks: noStacks(), later: null };
    }
    const named = await namer.symbolize(this.#items, { withinMs: WITHIN_MS });
    return { stacks: this.apply(named), later: named.later };
  }

  apply({ frames, stacks, of, pending, notes }: NamedStacks): Stacks {
    this.notes = notes;
    for (const { slice, item } of this.#blocked) slice.stack = of[item];
    const samples = this.evidence.samples.map(({ ns, pid, tid, periodNs }, i) => ({ ns: ns - this.originNs, pid, tid, stack: of[i], weightNs: periodNs }));
    return { frames, stacks, samples, pending };
  }

  /** A child's is its parent's program until it executes its own. */
  #item({ ns, pid, stack }: { ns: number; pid: number; stack: StackCopy }): StackItem {
    const { parentPid, leftNs } = this.#programs.get(pid) ?? { parentPid: undefined, leftNs: -Infinity };
    if (ns < leftNs) return { pid, copy: stack, parentPid, programLeft: true };
    return { pid, copy: stack, parentPid: leftNs > -Infinity ? undefined : parentPid };
  }

  #add(slice: Slice, block: number, itemOf: Map<number, number>): void {
    let item = itemOf.get(block);
    if (item === undefined) {
      itemOf.set(block, item = this.#items.push(this.#item(this.evidence.blocks[block])) - 1);
    }
    this.#blocked.push({ slice, item });
  }
}

/** Of samples that nobody has named yet: when they were taken. */
export function stacksToCome(samples: readonly SampleRecord[], originNs: number): Stacks {
  return {
    frames: [], stacks: [{ frames: [], truncated: NAMES_TO_COME }], pending: true,
    samples: samples.map(({ ns, pid, tid, periodNs }) => ({ ns: ns - originNs, pid, tid, stack: 0, weightNs: periodNs })),
  };
}

/** What became of a process's program in the window. */
interface Program { parentPid: number | undefined; leftNs: number }

/** Of processes that were forked in the window, or executed another program in it (the last time: `leftNs`). */
function programsOf(lives: readonly LifeRecord[]): Map<number, Program> {
  const programs = new Map<number, Program>();
  for (const { what, ns, pid, tid, parentPid } of lives) {
    if (what === 'started' && pid === tid) programs.set(pid, { parentPid, leftNs: -Infinity });
    if (what === 'exec') programs.set(pid, { parentPid: programs.get(pid)?.parentPid, leftNs: ns });
  }
  return programs;
}
