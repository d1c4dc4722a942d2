/**
 * How a managed runtime (V8, JVM, Go) takes part in unwinding and naming. Everything here runs in the symbolizer's own
 * process (child.ts), once per stack copy of a kept window: a crash or a hang costs names, never the agent.
 *
 * The native unwinder (DWARF) walks until it reaches a pc that a runtime owns: memory without a file behind it (JIT code),
 * or code in a file that the runtime claimed (interpreter, builtins; Go's text). Then `step` is asked, frame by frame, until it
 * arrives at a pc that nobody owns, where DWARF goes on. So native -> JIT -> native works in any mixture.
 *
 * Memory of traced processes is hostile input: `step` must check what it reads, never throw for bad data, and never invent
 * a frame: end with a reason instead.
 */
import type { Frame } from '../profile/stacks.js';

/** x86-64 user registers by DWARF number 0..15 (rax rdx rcx rbx rsi rdi rbp rsp r8..r15), and 16: the pc. */
export class Registers {
  static readonly RBP = 6;
  static readonly RSP = 7;
  static readonly PC = 16;

  /** @param known bit N: the value of register N is known in this frame */
  constructor(readonly values: BigUint64Array = new BigUint64Array(17), public known = 0) {}

  get(register: number): bigint | null {
    return (this.known >> register) & 1 ? this.values[register] : null;
  }

  set(register: number, value: bigint): void {
    this.values[register] = value;
    this.known |= 1 << register;
  }
}

/** What can be read while a stack is unwound. All of it checked: null for what is not there. */
export interface StackMemory {
  /** 8 bytes of the stack as it was when it was copied; of read-only file data; null for anything else. */
  word(address: bigint): bigint | null;
  /** What the process has there NOW, some seconds after the copy: code and metadata that rarely move; a heap object may have moved. */
  now(address: bigint, lengthBytes: number): Uint8Array | null;
}

export interface RuntimeStep {
  /** Of this pc, innermost first: inlined functions (`inlined: true`), then the one they are in. Empty for a stub nobody wants to see. */
  frames: Frame[];
  /** Registers of the caller, pc being the return address; null when the stack ends here. */
  caller: Registers | null;
  /** Why it ends here; '' when this was the outermost frame. Unused while there is a caller. */
  ended: string;
}

export interface RuntimeStepInput {
  registers: Registers;
  /** The pc is a return address: look up pc - 1. False for the innermost frame and for one that a signal interrupted. */
  returned: boolean;
  memory: StackMemory;
}

/** One runtime in one process. Lives as long as the process keeps its program. */
export interface RuntimeProcess {
  /**
   * Ranges within files (absolute addresses) that are this runtime's although a file is behind them: builtins, an interpreter, Go's
   * text. Read once after `attach` and after `refresh`.
   */
  readonly claimed: readonly { start: bigint; end: bigint }[];
  /** Asked for a pc without a file behind, or within `claimed`. */
  owns(pc: bigint): boolean;
  step(input: RuntimeStepInput): RuntimeStep;
  /** Before a batch of stacks of this process is unwound: code may have been compiled since. May do I/O; keep it below 200 ms. */
  refresh(): Promise<void>;
  /** After the batch: copies of the process's memory, megabytes of them, are of no more use. */
  forget(): void;
}

export interface RuntimeSupport {
  readonly name: 'v8' | 'jvm' | 'go';
  /** Looks at a process when it is seen first or has executed another program. Null: not of this runtime. May do I/O. */
  attach(process: ProcessView): Promise<RuntimeProcess | null>;
}

/** A line of /proc/PID/maps. Addresses of user space fit a number exactly (below 2^53). */
export interface Mapping {
  start: number;
  end: number;
  readable: boolean;
  writable: boolean;
  executable: boolean;
  /** Of `start` in the file. */
  offset: number;
  /** `major:minor`, hexadecimal, as in maps. */
  device: string;
  inode: number;
  /** As the process sees it, without ` (deleted)`; `[vdso]`, `[heap]`; '' for memory without a file. */
  path: string;
  deleted: boolean;
}

/** A process as runtimes see it. */
export interface ProcessView {
  readonly pid: number;
  readonly mappings: readonly Mapping[];
  /** A path of this agent's that opens the mapping's very file, also in another mount namespace or when it was deleted; null when there is none. */
  openable(mapping: Mapping): string | null;
  /** Path within this process's mount namespace, as the agent can open it: /proc/PID/root + path. */
  inside(path: string): string;
  /** What the process has there now; null when it cannot be read. */
  readMemory(address: bigint, lengthBytes: number): Uint8Array | null;
  /** Symbols of the binary behind a mapping whose names begin with `prefix` (functions and data; .symtab and .dynsym): absolute addresses. */
  symbols(mapping: Mapping, prefix: string): { name: string; address: bigint; sizeBytes: number }[];
}
