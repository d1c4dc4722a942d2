/**
 * The profile thread: owns the flight recorder and makes profiles of the jobs that the capture thread sends. It lives as
 * long as profiling is on: when it ends, nothing of the recorder is loaded and its memory is given back.
 */
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { toKindlingError } from '../errors/index.js';
import { FlightRecorder } from '../kernel/recorder.js';
import type { ProfileJob } from './profile-jobs.js';
import { Profiler } from './profiler.js';
import type { ProfileWorkerMessage, ProfileWorkerOptions, ToProfileWorker } from './profile-messages.js';

/** Requests that wait for their profile; the recorder would have forgotten the window of more. */
const MAX_WAITING = 200;

class ProfileWorker {
  readonly #recorder: FlightRecorder;
  readonly #profiler: Profiler;
  readonly #jobs: MessagePort;
  readonly #waiting: ProfileJob[] = [];
  #busy = false;

  constructor({ jobs, ...options }: ProfileWorkerOptions) {
    this.#recorder = new FlightRecorder(options);
    this.#profiler = new Profiler(this.#recorder);
    this.#jobs = jobs;
    jobs.on('message', (job: ProfileJob) => this.#add(job));
  }

  start(): void {
    post({ type: 'ready', hooks: this.#recorder.hooks() });
  }

  exclude(pids: number[]): void {
    this.#recorder.exclude(pids);
  }

  stop(): void {
    this.#waiting.length = 0;
    this.#jobs.close();
    this.#recorder.close();
    parentPort!.close();
  }

  #add(job: ProfileJob): void {
    if (this.#waiting.length >= MAX_WAITING) this.#waiting.shift();
    this.#waiting.push(job);
    if (!this.#busy) this.#next();
  }

  /** One at a time, so that messages are heard in between. */
  #next(): void {
    const job = this.#waiting.shift();
    this.#busy = job !== undefined;
    if (job === undefined) return;
    try {
      post({ type: 'profiles', profiles: [this.#profiler.profile(job)] });
    } catch (error) {
      post({ type: 'profile-failed', requestId: job.record.id, reason: (error as Error).stack ?? String(error) });
    }
    setImmediate(() => this.#next());
  }
}

function post(message: ProfileWorkerMessage): void {
  parentPort!.postMessage(message);
}

try {
  const worker = new ProfileWorker(workerData as ProfileWorkerOptions);
  parentPort!.on('message', (message: ToProfileWorker) => {
    if (message.type === 'exclude') worker.exclude(message.pids);
    else worker.stop();
  });
  worker.start();
} catch (error) {
  post({ type: 'fatal', ...toKindlingError(error).toJSON() });
}
