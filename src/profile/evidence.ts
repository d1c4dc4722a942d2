/**
 * What the flight recorder knows of a window, decoded and by process, before anything is concluded from it. All times are
 * monotonic ns. `kernel/recorder.ts` and `profile/read-evidence.ts` make it; timelines, stacks, logs are made of it.
 */
import type { SwitchRecord } from './thread-slices.js';

/** A user stack as it was copied: to be unwound when somebody wants to see it (symbols/). */
export interface StackCopy {
  /** x86-64 user registers: ip, sp, bp at least; 0 when the thread was in the kernel only. */
  ip: number | bigint;
  sp: number | bigint;
  bp: number | bigint;
  /** The other registers that unwinding may need, in DWARF order 0..15 (rax rdx rcx rbx rsi rdi rbp rsp r8..r15); null when not recorded. */
  registers: BigUint64Array | null;
  /** Bytes from `sp` upwards; may be empty. Copies: valid after the window was read. */
  bytes: Uint8Array;
  /** By frame pointers, innermost first, as the kernel walked them. */
  framePointers: BigUint64Array;
  /** Kernel frames, innermost first. */
  kernel: BigUint64Array;
}

export interface SampleRecord { ns: number; pid: number; tid: number; cpu: number; periodNs: number; stack: StackCopy }

/** Taken when a thread returned from a block of some length: where it had been blocked. `offNs` identifies the switch. */
export interface BlockRecord { ns: number; offNs: number; pid: number; tid: number; stack: StackCopy }

/** A blocked or otherwise noted call, at its return. */
export interface OperationRecord {
  /** The return. */
  ns: number;
  offNs: number;
  pid: number;
  tid: number;
  call: number;
  /** Return value: bytes, or a negative errno. */
  result: number;
  fd: number;
  /** `file`: path; `network`: `ip:port` of the other end. */
  kind: 'file' | 'network' | 'other';
  object: string;
  /** Of a TCP socket: smoothed round-trip time, and segments sent again so far; -1 when there is none. */
  srttUs: number;
  retransmits: number;
}

export interface LogRecord { ns: number; pid: number; tid: number; fd: number; target: string; bytes: number; text: Uint8Array }

/** fork, exec, exit, rename of threads. */
export interface LifeRecord { ns: number; pid: number; tid: number; what: 'started' | 'exec' | 'ended' | 'named'; name: string; parentPid: number; parentTid: number }

/** A segment sent again by a socket of the scope: which process it belongs to, its addresses tell. */
export interface RetransmitRecord { ns: number; local: string; remote: string; srttUs: number; netns: number }

/** A process that was forked within the window. */
export interface ChildProcess { pid: number; name: string }

export interface ThreadAtWork { ns: number; pid: number; tid: number }

export interface Evidence {
  fromNs: number;
  toNs: number;
  /** Of threads that were off their CPU when the window was read, the last one ends then. */
  switches: SwitchRecord[];
  /** Threads that were on a CPU when the window was read, and when that was. */
  running: ThreadAtWork[];
  samples: SampleRecord[];
  blocks: BlockRecord[];
  operations: OperationRecord[];
  logs: LogRecord[];
  lives: LifeRecord[];
  retransmits: RetransmitRecord[];
  /** The oldest time that the recorder still remembered, by kind of record; -Infinity when nothing was overwritten. */
  rememberedNs: { switches: number; samples: number; notes: number };
  /** The recorder was switched on then. */
  startedNs: number;
  /** From here on all switches of these processes are in it; before, some may be missing. -Infinity: all are. */
  wholeFromNs: number;
  /** Of the request's process; only where they were asked for. */
  children: ChildProcess[];
  /** What was there and is not here, because it was too much. */
  cut: string[];
}
