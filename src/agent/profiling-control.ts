/** The flight recorder as API and command line see and control it. The scope is the agent's and cannot be named here. */
import { cpus } from 'node:os';
import type { Config } from '../config/index.js';
import { toKindlingError } from '../errors/index.js';
import type { ProfilingReading } from '../metrics/profiling.js';
import type { AskRequest, ProfilingChange, ProfilingLimits, ProfilingState } from '../server/api.js';
import { HttpError } from '../server/errors.js';
import type { ProfilingControl } from '../server/queries.js';
import type { CaptureClient } from './capture-client.js';
import type { Profiles } from './profiles.js';
import type { Profiling } from './profiling.js';

export interface RecorderParts {
  config: Config;
  profiling: Profiling;
  profiles: Profiles;
  /** null: it does not capture yet. */
  capture: () => CaptureClient | null;
}

export class RecorderControl implements ProfilingControl {
  #starting = false;
  /** What the kernel said when it was last wanted; '' when it works. */
  #unavailable = '';
  /** Why it ended by itself. */
  #ended = '';
  #cost = { atMs: 0, seconds: 0, cores: null as number | null };

  constructor(private readonly parts: RecorderParts) {}

  get on(): boolean {
    return this.parts.profiling.on && !this.#starting;
  }

  state(): ProfilingState {
    const { config, profiling, profiles, capture } = this.parts;
    const { passedOver, asks } = capture()?.profiling ?? { passedOver: 0, asks: [] };
    return {
      on: this.on, starting: this.#starting, unavailable: this.#unavailable, ended: this.#ended, hooks: [...profiling.hooks],
      memoryBytes: profiling.memoryBytes || config.profileMemoryBytes * cpus().length, kernelCores: this.#cost.cores,
      profiles: { count: profiles.files.count, bytes: profiles.files.bytes },
      counts: { byReason: { ...profiles.byReason }, passedOver, unwritten: profiles.files.unwritten, unwrittenReason: profiles.files.problem }, limits: limitsOf(config), asks: this.on ? asks : [],
    };
  }

  async change({ on, ask }: ProfilingChange): Promise<ProfilingState> {
    if (on === true) await this.start();
    if (on === false) await this.parts.profiling.stop();
    if (ask !== undefined) await this.#ask(ask);
    return this.state();
  }

  /** Rejects with what prevented it, and remembers that. */
  async start(): Promise<void> {
    if (this.parts.profiling.on && !this.#starting) return;
    this.#starting = true;
    try {
      await this.parts.profiling.start();
      this.#unavailable = this.#ended = '';
    } catch (error) {
      const { message, hint } = toKindlingError(error);
      this.#unavailable = `${message}. ${hint}`;
      throw new HttpError('profiling_refused', message, hint);
    } finally {
      this.#starting = false;
    }
  }

  /** It ended without having been asked to. */
  ended(reason: string): void {
    this.#ended = reason;
  }

  /** Once a second or so. */
  tick(nowMs: number): void {
    const seconds = this.parts.profiling.kernelSeconds;
    const { atMs, seconds: before } = this.#cost;
    const known = seconds !== null && atMs > 0 && seconds >= before && nowMs > atMs;
    this.#cost = { atMs: seconds === null ? 0 : nowMs, seconds: seconds ?? 0, cores: known ? (seconds - before) / ((nowMs - atMs) / 1_000) : null };
  }

  /** For /metrics. */
  reading(): ProfilingReading {
    const { profiling, profiles, capture } = this.parts;
    return {
      on: this.on, memoryBytes: profiling.memoryBytes, kernelSeconds: profiling.kernelSeconds, ...profiling.counts, byReason: profiles.byReason,
      passedOver: capture()?.profiling.passedOver ?? 0, unwritten: profiles.files.unwritten, kept: profiles.files.count, keptBytes: profiles.files.bytes,
      pending: profiles.pending,
    };
  }

  async #ask({ service, endpoint, operation = '', count }: AskRequest): Promise<void> {
    const capture = this.parts.capture();
    if (!this.on || capture === null) throw new HttpError('profiling_off');
    if (!await capture.ask({ service, endpoint, operation }, count)) throw new HttpError('too_many_asks');
  }
}

function limitsOf(config: Config): ProfilingLimits {
  return {
    memoryPerCpuBytes: config.profileMemoryBytes, perHour: config.profilesPerHour, perEndpoint: config.profilesPerEndpoint, files: config.profileFiles,
    diskBytes: config.profileDiskBytes,
  };
}
