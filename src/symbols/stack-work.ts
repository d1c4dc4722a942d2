/** Stacks of a window to named stacks: the work itself, as done in the symbolizer's own process. */
import { NAMES_TO_COME, type Frame } from '../profile/stacks.js';
import { Binaries, type Distrust } from './binaries.js';
import { KernelSymbols } from './kernel-symbols.js';
import { framesAt } from './name-frames.js';
import { ProcessSymbols } from './process-symbols.js';
import type { RuntimeSupport } from './runtime.js';
import type { NamedStacks, StackItem } from './stack-request.js';
import { StackTable } from './stack-table.js';
import { unwindStack } from './unwind-stack.js';

/** Programs that were left by their process. */
const LEFT_KEPT = 64;
/** Known processes, those that ended too: some ten kilobytes each. */
const PROCESSES_KEPT = 256;
const KERNEL_FRAMES_KEPT = 10_000;
/** Between two chances for messages and heartbeats. */
const TURN_MS = 20;
const UNSEEN_PROGRAM = 'the process executed another program since, and was not looked at before';

export type Result = Omit<NamedStacks, 'later' | 'pending'>;

export interface StackWorkOptions {
  distrust: Distrust;
  /** Told a file's key before anything of it is read. */
  about: (key: string) => void;
  runtimes: readonly RuntimeSupport[];
}

export class StackWork {
  readonly #processes = new Map<number, ProcessSymbols>();
  /** What processes were before they executed another program, as far as they were looked at then. */
  readonly #left = new Map<number, ProcessSymbols>();
  readonly #binaries: Binaries;
  readonly #kernelFrames = new Map<bigint, Frame>();
  #kernel: KernelSymbols | null = null;

  constructor(private readonly options: StackWorkOptions) {
    this.#binaries = new Binaries(options.distrust, options.about);
  }

  notice(pids: readonly number[]): void {
    for (const pid of pids) this.#current(pid).notice();
  }

  /**
   * @param withinMs after this time `partly` gets what there is; the work goes on
   * @returns the whole
   */
  async run(items: readonly StackItem[], withinMs: number, partly: (result: Result) => void): Promise<Result> {
    const untilMs = performance.now() + withinMs;
    const table = new StackTable();
    const of: number[] = [];
    const notes = new Set<string>();
    let told = false;
    const tellInTime = (): void => {
      if (told || performance.now() < untilMs) return;
      told = true;
      partly(this.#partly(items.length, table, of, notes));
    };
    for (const pid of new Set(items.map((item) => item.pid))) {
      await this.#current(pid).refresh();
      tellInTime();
    }
    for (const pid of this.#parentsOfUnseen(items)) await this.#current(pid).refresh();
    let turnEndsMs = performance.now() + TURN_MS;
    for (const item of items) {
      of.push(this.#one(item, table, notes));
      if (performance.now() < turnEndsMs) continue;
      tellInTime();
      await new Promise((resolve) => setImmediate(resolve));
      turnEndsMs = performance.now() + TURN_MS;
    }
    for (const process of this.#processes.values()) process.forget();
    return { frames: table.frames, stacks: table.stacks, of, notes: [...notes] };
  }

  #partly(count: number, table: StackTable, of: readonly number[], notes: ReadonlySet<string>): Result {
    const missing = table.stacks.length;
    return {
      frames: [...table.frames], stacks: [...table.stacks, { frames: [], truncated: NAMES_TO_COME }],
      of: Array.from({ length: count }, (_, i) => of[i] ?? missing), notes: [...notes],
    };
  }

  /** Those whose maps stand in for processes that ended before they were looked at. */
  #parentsOfUnseen(items: readonly StackItem[]): Set<number> {
    const parents = new Set<number>();
    for (const { pid, parentPid, programLeft = false } of items) if (parentPid !== undefined && !this.#ownOf(pid, programLeft)) parents.add(parentPid);
    return parents;
  }

  /** What is known of the program that the stack was taken in; null: nothing. */
  #ownOf(pid: number, programLeft: boolean): ProcessSymbols | null {
    if (programLeft) return this.#left.get(pid) ?? null;
    const own = this.#process(pid);
    return own.unseen ? null : own;
  }

  #one({ pid, copy, parentPid, programLeft = false }: StackItem, table: StackTable, notes: Set<string>): number {
    const known = this.#ownOf(pid, programLeft) ?? (parentPid === undefined ? null : this.#process(parentPid));
    const frames = Array.from(copy.kernel, (address) => this.#kernelFrame(address, notes));
    if (known === null && programLeft) return table.add(frames, UNSEEN_PROGRAM);
    const process = known ?? this.#process(pid);
    const unwound = unwindStack(process, copy);
    for (const walked of unwound.frames) frames.push(...('frames' in walked ? walked.frames : framesAt(process, walked.lookup, this.options.about, notes)));
    return table.add(frames, unwound.truncated);
  }

  #kernelFrame(address: bigint, notes: Set<string>): Frame {
    this.#kernel ??= KernelSymbols.read();
    if (this.#kernel.hidden) notes.add('The kernel hides its symbols: kernel frames have addresses only (sysctl kernel.kptr_restrict=0, or CAP_SYSLOG, shows them).');
    let frame = this.#kernelFrames.get(address);
    if (frame === undefined) {
      frame = this.#kernel.frameOf(address);
      if (this.#kernelFrames.size > KERNEL_FRAMES_KEPT) this.#kernelFrames.clear();
      this.#kernelFrames.set(address, frame);
    }
    return frame;
  }

  /** To be looked at now: what it was before it executed another program is put aside. */
  #current(pid: number): ProcessSymbols {
    const process = this.#process(pid);
    if (!process.isAnother) return process;
    process.leave();
    this.#processes.delete(pid);
    this.#left.delete(pid);
    this.#left.set(pid, process);
    if (this.#left.size > LEFT_KEPT) for (const oldest of this.#left.keys()) { this.#left.delete(oldest); break; }
    return this.#process(pid);
  }

  /** The one used last is kept longest. */
  #process(pid: number): ProcessSymbols {
    const process = this.#processes.get(pid) ?? new ProcessSymbols(pid, this.#binaries, this.options.runtimes);
    this.#processes.delete(pid);
    this.#processes.set(pid, process);
    if (this.#processes.size > PROCESSES_KEPT) for (const oldest of this.#processes.keys()) { this.#processes.delete(oldest); break; }
    return process;
  }
}
