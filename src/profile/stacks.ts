/** Where threads were: CPU samples and the stacks they refer to, each frame and each stack stored once. Part of a profile. */

export type FrameKind = 'native' | 'kernel' | 'javascript' | 'java' | 'go' | 'interpreter' | 'unknown';

export interface Frame {
  /** Demangled function; `nginx+0x1234` when the binary has no symbol for it. */
  name: string;
  kind: FrameKind;
  /** Base name of the binary, `[kernel]`, `[vdso]`, script or class file. '' when unknown. */
  module: string;
  /** Source position; '' and 0 when there is no debug information. */
  file: string;
  line: number;
  /** Inlined into the frame that follows it (its caller). */
  inlined: boolean;
}

export interface Stack {
  /** Indexes into `frames`, innermost first. */
  frames: number[];
  /** Why the outermost frames are missing; '' when the stack is whole. Never invented frames. */
  truncated: string;
}

export interface Sample {
  ns: number;
  pid: number;
  tid: number;
  /** Index into `stacks`. */
  stack: number;
  /** CPU time it stands for. */
  weightNs: number;
}

export interface Stacks {
  frames: Frame[];
  stacks: Stack[];
  /** In order of time. */
  samples: Sample[];
  /** Names are still being looked up: ask again. */
  pending: boolean;
}

/** Why a stack that has no names yet ends where it does. */
export const NAMES_TO_COME = 'names are still being looked up';

export function noStacks(): Stacks {
  return { frames: [], stacks: [], samples: [], pending: false };
}
