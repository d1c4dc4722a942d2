/** The main thread's end of the capture worker: starts it, hands its messages on, stops it. */
import type { MessagePort, Worker } from 'node:worker_threads';
import { KindlingError, restoreError } from '../errors/index.js';
import type { CaptureHealth, CaptureOptions, HookState, MainMessage, ProfilingCounts, WorkerMessage } from './messages.js';
import { startThread } from './start-thread.js';
import type { Ask } from '../profile/trigger.js';
import type { RequestRecord } from '../requests/record.js';
import type { RollupRow } from '../requests/rollup.js';

/** How long the worker may take to drain and flush when it is asked to stop. */
const STOP_GRACE_MS = 5_000;

/**
 * Nearly all that it makes is short-lived: a young generation tens of MB smaller than the default is enough. With half of
 * this, collecting it took a quarter of the thread's time at 4,000 requests a second.
 */
const YOUNG_GENERATION_MB = 12;
/** A bound that is not met (200,000 connections take a third of it). The lower it is, the earlier V8 collects what has died in the old generation. */
const OLD_GENERATION_MB = 1_024;

export const CAPTURE_WORKER = new URL('./capture-worker.js', import.meta.url);

export interface CaptureListener {
  requests(rowBinary: Uint8Array | null, rowCount: number, recent: RequestRecord[], seen: number): void;
  rollups(rows: RollupRow[]): void;
  health(health: CaptureHealth): void;
  recordingFailed(error: KindlingError): void;
  /** It ended without having been asked to. Called once, and only after it was ready. */
  died(error: KindlingError): void;
}

export class CaptureClient {
  hooks: HookState[] = [];
  private worker: Worker;
  private ready = false;
  private stopping = false;
  private failure: KindlingError | null = null;
  private exited: Promise<void>;
  private asking: Array<(pids: number[]) => void> = [];
  private wishing: Array<(taken: boolean) => void> = [];
  /** As the worker last told. */
  profiling: ProfilingCounts = { passedOver: 0, asks: [] };

  private constructor(file: URL, options: CaptureOptions, private readonly listener: CaptureListener) {
    this.worker = startThread(file, { name: 'capture', workerData: options, youngMb: YOUNG_GENERATION_MB, oldMb: OLD_GENERATION_MB });
    this.exited = new Promise((resolve) => this.worker.once('exit', () => resolve()));
  }

  /** Resolves when hooks are attached; rejects with what prevented it. */
  static async start(options: CaptureOptions, listener: CaptureListener, file: URL = CAPTURE_WORKER): Promise<CaptureClient> {
    const client = new CaptureClient(file, options, listener);
    await client.untilReady();
    return client;
  }

  exclude(pids: number[]): void {
    this.post({ type: 'exclude', pids });
  }

  /** Whether somebody follows the live tail: it sends more of it then. */
  setWatched(watched: boolean): void {
    this.post({ type: 'watched', watched });
  }

  /** Profile the next requests like this. Resolves with false when too many others are waited for. */
  ask(like: Pick<Ask, 'service' | 'endpoint' | 'operation'>, count: number): Promise<boolean> {
    return new Promise((resolve) => {
      this.wishing.push(resolve);
      this.post({ type: 'ask', like, count });
    });
  }

  /** Of a scope of processes: which are in it now. */
  tracedPids(): Promise<number[]> {
    return new Promise((resolve) => {
      this.asking.push(resolve);
      this.post({ type: 'traced-pids' });
    });
  }

  /** @param jobs where it sends jobs for the profile worker from now on (transferred); null: nowhere */
  profileInto(jobs: MessagePort | null): void {
    this.worker.postMessage({ type: 'profiling', jobs } satisfies MainMessage, jobs === null ? [] : [jobs]);
  }

  /** Lets it drain what the kernel holds and flush; what it sends meanwhile still reaches the listener. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.post({ type: 'stop' });
    const timer = setTimeout(() => void this.worker.terminate(), STOP_GRACE_MS);
    await this.exited;
    clearTimeout(timer);
  }

  private post(message: MainMessage): void {
    this.worker.postMessage(message);
  }

  private untilReady(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.worker.on('message', (message: WorkerMessage) => {
        if (message.type === 'ready') {
          this.ready = true;
          this.hooks = message.hooks;
          resolve();
        } else this.dispatch(message);
      });
      this.worker.on('error', (error) => { this.failure = asWorkerError(error); });
      this.worker.on('exit', (code) => {
        const error = this.failure ?? new KindlingError('WORKER_DIED', { detail: `exit code ${code}` });
        if (!this.ready) reject(error);
        else if (!this.stopping) this.listener.died(error);
      });
    });
  }

  private dispatch(message: Exclude<WorkerMessage, { type: 'ready' }>): void {
    switch (message.type) {
      case 'requests': return this.listener.requests(message.rowBinary, message.rowCount, message.recent, message.seen);
      case 'rollups': return this.listener.rollups(message.rows);
      case 'health':
        this.profiling = message.health.profiling;
        return this.listener.health(message.health);
      case 'asked':
        this.profiling = message.profiling;
        return this.wishing.shift()?.(message.taken);
      case 'traced-pids': return this.asking.shift()?.(message.pids);
      case 'recording-failed': return this.listener.recordingFailed(restoreError(message));
      case 'fatal':
        this.failure = restoreError(message);
        void this.worker.terminate();
    }
  }
}

function asWorkerError(error: Error): KindlingError {
  if (/Cannot find module .*capture-worker/.test(error.message)) {
    return new KindlingError('NOT_BUILT', { path: 'dist/src/agent/capture-worker.js' }, { cause: error });
  }
  return new KindlingError('WORKER_DIED', { detail: error.message }, { cause: error });
}
