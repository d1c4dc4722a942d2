/** What the profile worker asks of the symbolizer, and gets. */
import type { StackCopy } from '../profile/evidence.js';
import type { Frame, Stack } from '../profile/stacks.js';

export interface StackItem {
  pid: number;
  copy: StackCopy;
  /** It was forked from this one and has executed nothing since: the same is mapped there, should it have ended unseen. */
  parentPid?: number;
  /** It has executed another program since: what is mapped there now does not tell. */
  programLeft?: boolean;
}

export interface NamedStacks {
  /** Each frame once, each stack once: as in `Stacks` of a profile. */
  frames: Frame[];
  stacks: Stack[];
  /** Of each item asked for, in order: its index in `stacks`. */
  of: number[];
  /** What limits all of them, for a profile's `missing`: hidden kernel symbols, binaries that could not be read. */
  notes: string[];
  /** Time was up before all of it was done: `later` has the whole. The stacks not done yet say so in `truncated`. */
  pending: boolean;
  /** The whole, once it is done; null when nothing is pending. Never rejects. */
  later: Promise<NamedStacks> | null;
}

/** `Symbolizer` of symbolizer.ts: a child process, so that no binary, however broken, can take the agent with it. */
export interface StackNamer {
  /**
   * Looks at processes whose stacks may be wanted later: their maps are remembered, so that names can still be found when
   * they have ended. Cheap to call again and again.
   */
  notice(pids: readonly number[]): void;
  /** Stacks with names, innermost frame first: user frames, preceded by kernel frames where there are any. Never rejects. */
  symbolize(items: readonly StackItem[], options?: { withinMs?: number }): Promise<NamedStacks>;
  /** Of the child, to be left out of tracing; null while there is none. */
  readonly pid: number | null;
  close(): Promise<void>;
}
