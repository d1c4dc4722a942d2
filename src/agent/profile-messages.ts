/** What passes between the main thread and the profile worker. Jobs go to it from the capture worker directly, over `jobs`. */
import type { MessagePort } from 'node:worker_threads';
import type { PackedProfile } from '../profile/packed-profile.js';
import type { HookState, Scope } from './messages.js';

export interface ProfileWorkerOptions {
  scope: Scope;
  /** Process ids the agent consists of: never recorded. */
  excludePids: number[];
  /** Flight recorder, per CPU. */
  bytesPerCpu: number;
  /** Writes to logs are recorded. */
  logs: boolean;
  /** CPU samples a second and CPU; 0: none. */
  samplesPerSecond?: number;
  /** Shortest block whose stack is kept. */
  blockNs?: number;
  /** ToProfiler messages come in here. */
  jobs: MessagePort;
}

/** Since it was switched on. */
export interface RecorderCounts {
  switches: number;
  /** Of these, no longer there. */
  overwritten: number;
  /** Samples, stacks, calls and log lines that were not written: beyond their rate, or another was being written. */
  dropped: number;
}

export type ProfileWorkerMessage =
  /** The recorder records; its memory is that of all CPUs. */
  | { type: 'ready'; hooks: HookState[]; memoryBytes: number }
  /** Once a second. CPU time in the recorder's programs since it was switched on; null when the kernel does not account for it. */
  | { type: 'state'; hooks: HookState[]; kernelSeconds: number | null; counts: RecorderCounts }
  /** Transferred. */
  | { type: 'profile'; profile: PackedProfile }
  /** The process that names stacks was started, under this id. */
  | { type: 'namer'; pid: number }
  | { type: 'profile-failed'; requestId: string; reason: string }
  | { type: 'fatal'; code: string; message: string; hint: string };

export type ToProfileWorker =
  | { type: 'exclude'; pids: number[] }
  | { type: 'stop' };
