/**
 * The profile thread: owns the flight recorder and makes profiles of the jobs that the capture thread sends. It lives as
 * long as profiling is on: when it ends, nothing of the recorder is loaded and its memory is given back.
 */
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { toKindlingError } from '../errors/index.js';
import { FlightRecorder } from '../kernel/recorder.js';
import { PressureLog } from '../profile/pressure-log.js';
import { Symbolizer } from '../symbols/symbolizer.js';
import type { ProfileJob, ToProfiler } from './profile-jobs.js';
import { Profiler } from './profiler.js';
import type { ProfileWorkerMessage, ProfileWorkerOptions, ToProfileWorker } from './profile-messages.js';

/** Requests that wait for their profile; the recorder would have forgotten the window of more. */
const MAX_WAITING = 200;
const PRESSURE_MS = 250;
const STATE_MS = 1_000;

function monotonicNs(): number {
  const [seconds, ns] = process.hrtime();
  return seconds * 1e9 + ns;
}

class ProfileWorker {
  readonly #recorder: FlightRecorder;
  readonly #profiler: Profiler;
  readonly #pressure = new PressureLog();
  readonly #namer = new Symbolizer({ onStarted: (pid) => this.#namerStarted(pid) });
  readonly #jobs: MessagePort;
  readonly #waiting: ProfileJob[] = [];
  readonly #timers: NodeJS.Timeout[] = [];
  #busy = false;

  constructor({ jobs, ...options }: ProfileWorkerOptions) {
    this.#recorder = new FlightRecorder(options);
    this.#profiler = new Profiler(this.#recorder, this.#pressure, this.#namer);
    this.#jobs = jobs;
    jobs.on('message', (message: ToProfiler) => {
      if (message.type === 'job') this.#add(message.job);
      else this.#watch(message.pids);
    });
  }

  start(): void {
    post({ type: 'ready', hooks: [...this.#recorder.hooks()], memoryBytes: this.#recorder.memoryBytes });
    this.#timers.push(
      setInterval(() => this.#pressure.sample(monotonicNs()), PRESSURE_MS),
      setInterval(() => post({ type: 'state', kernelSeconds: this.#recorder.kernelSeconds(), counts: this.#recorder.counts() }), STATE_MS),
    );
  }

  exclude(pids: number[]): void {
    this.#recorder.exclude(pids);
  }

  stop(): void {
    for (const timer of this.#timers) clearInterval(timer);
    this.#waiting.length = 0;
    this.#jobs.close();
    this.#recorder.close();
    void this.#namer.close().then(() => parentPort!.close());
  }

  #watch(pids: readonly number[]): void {
    for (const pid of pids) this.#pressure.watch(pid, monotonicNs());
    this.#namer.notice(pids);
  }

  #namerStarted(pid: number): void {
    this.#recorder.exclude([pid]);
    post({ type: 'namer', pid });
  }

  #add(job: ProfileJob): void {
    if (this.#waiting.length >= MAX_WAITING) this.#waiting.shift();
    this.#waiting.push(job);
    if (!this.#busy) void this.#work();
  }

  /** One after the other; messages are heard in between. */
  async #work(): Promise<void> {
    this.#busy = true;
    for (let job = this.#waiting.shift(); job !== undefined; job = this.#waiting.shift()) {
      const requestId = job.record.id;
      const failed = (error: Error): void => post({ type: 'profile-failed', requestId, reason: error.stack ?? String(error) });
      this.#pressure.look(job.record.pid, monotonicNs());
      try {
        const later = await this.#profiler.profile(job, (profile) => post({ type: 'profiles', profiles: [profile] }));
        later?.named.catch(failed);
      } catch (error) {
        failed(error as Error);
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
    this.#busy = false;
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
