/**
 * The profile thread: owns the flight recorder and makes profiles of the jobs that the capture thread sends. It lives as
 * long as profiling is on: when it ends, nothing of the recorder is loaded and its memory is given back.
 */
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { toKindlingError } from '../errors/index.js';
import { FlightRecorder } from '../kernel/recorder.js';
import { packProfile } from '../profile/packed-profile.js';
import { PressureLog } from '../profile/pressure-log.js';
import { Symbolizer } from '../symbols/symbolizer.js';
import type { FromProfiler, ProfileJob, ToProfiler } from './profile-jobs.js';
import type { Profile } from '../profile/profile.js';
import { withoutStacks, type CutWindow } from './cut-window.js';
import { Profiler } from './profiler.js';
import type { ProfileWorkerMessage, ProfileWorkerOptions, ToProfileWorker } from './profile-messages.js';

/**
 * Of cut windows that are not all named yet: one that comes when it is used up goes on without stacks. No window waits to be
 * cut for that: the recorder goes on overwriting, and how many come is bounded by who sends them.
 */
const WINDOWS_BYTES = 64e6;
/** Profiles that are shown before all their names are there; the process that names them takes one at a time. */
const MAX_UNFINISHED = 3;
/** A window that waits for longer is shown without names first. */
const SHOWN_WITHIN_MS = 500;
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
  readonly #unfinished = new Set<Promise<void>>();
  /** Of windows that wait: until they are shown without names. */
  readonly #showTimers = new Map<CutWindow, NodeJS.Timeout>();
  /** Of all windows that are not done. */
  #heldBytes = 0;
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
      setInterval(() => {
        this.#pressure.sample(monotonicNs());
        this.#recorder.adapt();
      }, PRESSURE_MS),
      setInterval(() => this.#tellState(), STATE_MS),
    );
  }

  exclude(pids: number[]): void {
    this.#recorder.exclude(pids);
  }

  stop(): void {
    for (const timer of this.#timers) clearInterval(timer);
    for (const timer of this.#showTimers.values()) clearTimeout(timer);
    this.#waiting.length = 0;
    this.#windows.length = 0;
    this.#jobs.close();
    this.#recorder.close();
    void this.#namer.close().then(() => parentPort!.close());
  }

  #tellState(): void {
    post({ type: 'state', hooks: [...this.#recorder.hooks()], kernelSeconds: this.#recorder.kernelSeconds(), counts: this.#recorder.counts() });
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
    this.#waiting.push(job);
    if (!this.#cutting) void this.#cut();
  }

  /** Windows are cut as they come: names may take long, and the recorder does not wait. Messages are heard in between. */
  async #cut(): Promise<void> {
    this.#cutting = true;
    for (let job = this.#waiting.shift(); job !== undefined; job = this.#waiting.shift()) {
      this.#pressure.look(job.record.pid, monotonicNs());
      try {
        const whole = this.#profiler.cut(job);
        const fits = this.#heldBytes === 0 || this.#heldBytes + whole.bytes <= WINDOWS_BYTES;
        const window = fits ? whole : withoutStacks(whole);
        this.#windows.push(window);
        this.#heldBytes += window.bytes;
        this.#showTimers.set(window, setTimeout(() => this.#showUnnamed(window), SHOWN_WITHIN_MS));
        if (!this.#naming) void this.#name();
      } catch (error) {
        this.#fail(job, error as Error);
        this.#done();
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
      this.#cancelShow(window);
      const named = await this.#profile(window);
      if (named === null) this.#end(window);
      else this.#finish(window, named);
      // More would only wait there, with all their stacks.
      if (this.#unfinished.size >= MAX_UNFINISHED) await Promise.race(this.#unfinished);
    }
    this.#naming = false;
  }

  /** Resolves when it is shown: to the rest of its names, null if there is no rest. */
  async #profile(window: CutWindow): Promise<{ rest: Promise<void> } | null> {
    try {
      const later = await this.#profiler.profile(window, postProfile);
      return later === null ? null : { rest: later.named };
    } catch (error) {
      this.#fail(window.job, error as Error);
      return null;
    }
  }

  #finish(window: CutWindow, { rest }: { rest: Promise<void> }): void {
    const done: Promise<void> = rest.catch((error: Error) => this.#fail(window.job, error)).then(() => {
      this.#unfinished.delete(done);
      this.#end(window);
    });
    this.#unfinished.add(done);
  }

  #end(window: CutWindow): void {
    this.#heldBytes -= window.bytes;
    this.#done();
  }

  /** Another may be sent. */
  #done(): void {
    this.#jobs.postMessage({ type: 'done' } satisfies FromProfiler);
  }

  #showUnnamed(window: CutWindow): void {
    this.#cancelShow(window);
    try {
      postProfile(this.#profiler.unnamed(window));
    } catch (error) {
      this.#fail(window.job, error as Error);
    }
  }

  #cancelShow(window: CutWindow): void {
    clearTimeout(this.#showTimers.get(window));
    this.#showTimers.delete(window);
  }

  #fail(job: ProfileJob, error: Error): void {
    post({ type: 'profile-failed', requestId: job.record.id, reason: error.stack ?? String(error) });
  }
}

function post(message: ProfileWorkerMessage, transferred: ArrayBuffer[] = []): void {
  parentPort!.postMessage(message, transferred);
}

function postProfile(made: Profile): void {
  const profile = packProfile(made);
  post({ type: 'profile', profile }, [profile.packed.buffer as ArrayBuffer]);
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
