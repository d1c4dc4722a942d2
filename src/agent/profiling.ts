/**
 * The main thread's end of profiling: switches it on and off at run time. On: a profile worker with the flight recorder,
 * and a port between it and the capture worker. Off: neither thread, nor hooks, nor the recorder's memory are there.
 */
import { MessageChannel, type MessagePort, type Worker } from 'node:worker_threads';
import { KindlingError, restoreError } from '../errors/index.js';
import type { PackedProfile } from '../profile/packed-profile.js';
import type { HookState } from './messages.js';
import type { ProfileWorkerMessage, ProfileWorkerOptions, RecorderCounts, ToProfileWorker } from './profile-messages.js';
import { startThread } from './start-thread.js';

const STOP_GRACE_MS = 3_000;
/** A bound for what should not happen: the thread ends then, not the agent. The largest windows take some 400 MB for a moment. */
const OLD_GENERATION_MB = 768;
/** Windows come in pieces of some MB, which outlive a young generation of any size. */
const YOUNG_GENERATION_MB = 6;
const NOTHING: RecorderCounts = { switches: 0, overwritten: 0, dropped: 0 };

export const PROFILE_WORKER = new URL('./profile-worker.js', import.meta.url);

export interface ProfilingListener {
  profile(profile: PackedProfile): void;
  /** Another process of the agent's, to be left out of everything that is recorded. */
  namerStarted(pid: number): void;
  /** One request's profile could not be made. */
  profileFailed(requestId: string, reason: string): void;
  /** No profile comes any more, for whatever reason. */
  ended(): void;
  /** It ended without having been asked to; requests are captured as before. */
  died(error: KindlingError): void;
}

export interface ProfilingOptions {
  worker: () => Promise<Omit<ProfileWorkerOptions, 'jobs'>>;
  /** To the capture worker: where profile jobs go from now on; null: nowhere, nobody profiles. */
  connect: (jobs: MessagePort | null) => void;
  listener: ProfilingListener;
  file?: URL;
}

export class Profiling {
  /** Of the recorder; empty while it is off. */
  hooks: HookState[] = [];
  /** Of the recorder, all CPUs; 0 while it is off. */
  memoryBytes = 0;
  /** CPU time in the recorder's programs since it was switched on; null when the kernel does not account for it. */
  kernelSeconds: number | null = null;
  /** The process that names stacks; null until one is wanted. */
  namerPid: number | null = null;
  counts = NOTHING;
  #worker: Worker | null = null;
  #exited: Promise<void> = Promise.resolve();
  /** Starts and stops happen one after the other. */
  #last: Promise<void> = Promise.resolve();

  constructor(private readonly options: ProfilingOptions) {}

  get on(): boolean {
    return this.#worker !== null;
  }

  /** Resolves when the recorder records; rejects with what prevented it. No effect when it is on. */
  start(): Promise<void> {
    return this.#inTurn(() => this.#start());
  }

  /** Resolves when all of it is gone. No effect when it is off. */
  stop(): Promise<void> {
    return this.#inTurn(() => this.#stop());
  }

  exclude(pids: number[]): void {
    this.#post({ type: 'exclude', pids });
  }

  #inTurn(step: () => Promise<void>): Promise<void> {
    const done = this.#last.then(step);
    this.#last = done.catch(() => undefined);
    return done;
  }

  async #start(): Promise<void> {
    if (this.#worker !== null) return;
    const options = await this.options.worker();
    const { port1, port2 } = new MessageChannel();
    const workerData: ProfileWorkerOptions = { ...options, jobs: port2 };
    const worker = startThread(this.options.file ?? PROFILE_WORKER, { name: 'profile', workerData, transferList: [port2], youngMb: YOUNG_GENERATION_MB, oldMb: OLD_GENERATION_MB });
    this.#worker = worker;
    this.#exited = new Promise((resolve) => worker.once('exit', () => resolve()));
    try {
      await this.#untilReady(worker);
      this.options.connect(port1);
    } catch (error) {
      port1.close();
      throw error;
    }
  }

  async #stop(): Promise<void> {
    const worker = this.#worker;
    if (worker === null) return;
    this.#gone();
    this.options.connect(null);
    worker.postMessage({ type: 'stop' } satisfies ToProfileWorker);
    const timer = setTimeout(() => void worker.terminate(), STOP_GRACE_MS);
    await this.#exited;
    clearTimeout(timer);
    this.options.listener.ended();
  }

  #post(message: ToProfileWorker): void {
    this.#worker?.postMessage(message);
  }

  #gone(): void {
    this.#worker = null;
    this.hooks = [];
    this.memoryBytes = 0;
    this.kernelSeconds = null;
    this.namerPid = null;
    this.counts = NOTHING;
  }

  #untilReady(worker: Worker): Promise<void> {
    return new Promise((resolve, reject) => {
      let ready = false;
      let failure: KindlingError | null = null;
      worker.on('message', (message: ProfileWorkerMessage) => {
        switch (message.type) {
          case 'ready':
            ready = true;
            this.hooks = message.hooks;
            this.memoryBytes = message.memoryBytes;
            return resolve();
          case 'state':
            this.hooks = message.hooks;
            this.kernelSeconds = message.kernelSeconds;
            this.counts = message.counts;
            return;
          case 'namer':
            this.namerPid = message.pid;
            return this.options.listener.namerStarted(message.pid);
          case 'profile': return this.options.listener.profile(message.profile);
          case 'profile-failed': return this.options.listener.profileFailed(message.requestId, message.reason);
          case 'fatal':
            failure = restoreError(message);
            void worker.terminate();
        }
      });
      worker.on('error', (error) => { failure = new KindlingError('WORKER_DIED', { detail: error.message }, { cause: error }); });
      worker.on('exit', (code) => {
        if (this.#worker !== worker) return;
        this.#gone();
        failure ??= new KindlingError('WORKER_DIED', { detail: `exit code ${code}` });
        if (!ready) return reject(failure);
        this.options.connect(null);
        this.options.listener.ended();
        this.options.listener.died(failure);
      });
    });
  }
}
