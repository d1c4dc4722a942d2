/** What passes between the main thread and the profile worker. Jobs go to it from the capture worker directly, over `jobs`. */
import type { MessagePort } from 'node:worker_threads';
import type { Profile } from '../profile/profile.js';
import type { HookState, Scope } from './messages.js';

export interface ProfileWorkerOptions {
  scope: Scope;
  /** Process ids the agent consists of: never recorded. */
  excludePids: number[];
  /** Flight recorder, per CPU. */
  bytesPerCpu: number;
  /** ProfileJob messages come in here. */
  jobs: MessagePort;
}

export type ProfileWorkerMessage =
  | { type: 'ready'; hooks: HookState[] }
  | { type: 'profiles'; profiles: Profile[] }
  | { type: 'profile-failed'; requestId: string; reason: string }
  | { type: 'fatal'; code: string; message: string; hint: string };

export type ToProfileWorker =
  | { type: 'exclude'; pids: number[] }
  | { type: 'stop' };
