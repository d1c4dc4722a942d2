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
import { Profiler, type CutWindow } from './profiler.js';
import type { ProfileWorkerMessage, ProfileWorkerOptions, ToProfileWorker } from './profile-messages.js';

/** Requests whose window is to be cut; the recorder would have forgotten the window of more. */
const MAX_JOBS = 200;
/** Cut windows that wait for names: some MB each at the most. */
const MAX_WINDOWS = 50;
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
  readonly #windows: CutWindow[] = [];
  readonly #timers: NodeJS.Timeout[] = [];
  #cutting = false;
  #naming = false;

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
    this.#windows.length = 0;
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
    if (this.#waiting.length >= MAX_JOBS) this.#fail(this.#waiting.shift()!, 'too many requests wanted a profile at once');
    this.#waiting.push(job);
    if (!this.#cutting) void this.#cut();
  }

  /** Windows are cut as they come: names may take long, and the recorder does not wait. Messages are heard in between. */
  async #cut(): Promise<void> {
    this.#cutting = true;
    for (let job = this.#waiting.shift(); job !== undefined; job = this.#waiting.shift()) {
      this.#pressure.look(job.record.pid, monotonicNs());
      try {
        if (this.#windows.length >= MAX_WINDOWS) this.#fail(this.#windows.shift()!.job, 'names are looked up too slowly');
        this.#windows.push(this.#profiler.cut(job));
        if (!this.#naming) void this.#name();
      } catch (error) {
        this.#fail(job, (error as Error).stack ?? String(error));
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
    this.#cutting = false;
  }

  /** One after the other: each waits a moment for its names. */
  async #name(): Promise<void> {
    this.#naming = true;
    for (let next = this.#windows.shift(); next !== undefined; next = this.#windows.shift()) {
      const window = next;
      try {
        const later = await this.#profiler.profile(window, (profile) => post({ type: 'profiles', profiles: [profile] }));
        later?.named.catch((error: Error) => this.#fail(window.job, error.stack ?? String(error)));
      } catch (error) {
        this.#fail(window.job, (error as Error).stack ?? String(error));
      }
    }
    this.#naming = false;
  }

  #fail(job: ProfileJob, reason: string): void {
    post({ type: 'profile-failed', requestId: job.record.id, reason });
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
