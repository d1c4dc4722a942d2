/**
 * The capture thread: drains the kernel's rings on a timer of its own and makes requests of them. No query, export or
 * slow disk on the main thread can hold it up; what it has to say goes there in a few messages a second.
 */
import { readFileSync } from 'node:fs';
import { release, setPriority } from 'node:os';
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { decodeRecord } from '../events/decode.js';
import { lossesOf } from '../errors/losses.js';
import { toKindlingError } from '../errors/index.js';
import { addon } from '../kernel/addon.js';
import { KernelCapture } from '../kernel/capture.js';
import { WallClock, measureOffsetNs } from '../requests/clock.js';
import type { Ask } from '../profile/trigger.js';
import type { RequestRecord } from '../requests/record.js';
import { Rollups } from '../requests/rollups.js';
import { DetailBudget } from '../store/budget.js';
import { RowEncoder } from '../store/row-encoder.js';
import { CaptureStage } from './capture-stage.js';
import { DrainTimer } from './drain-timer.js';
import type { CaptureHealth, CaptureOptions, HookState, MainMessage, ProfilingCounts, WorkerMessage } from './messages.js';
import { LiveNames } from './naming.js';
import { createPipeline, type Pipeline } from './pipeline.js';
import { ProfileJobs, type FromProfiler } from './profile-jobs.js';
import { RecordingSink } from './recording-sink.js';

const FLUSH_MS = 200;
const ROLLUP_MS = 1_000;
const SWEEP_MS = 2_000;
const CLOCK_MS = 10_000;
/** Nice value of this thread: a busy machine must not keep it from its rings for longer than they last. It uses little. */
const PRIORITY = -10;
/** Records handled before the thread looks at its timers again. */
const DRAIN_LIMIT = 20_000;

function monotonicNs(): number {
  const [seconds, ns] = process.hrtime();
  return seconds * 1e9 + ns;
}

class CaptureWorker {
  readonly #kernel: KernelCapture;
  readonly #pipeline: Pipeline;
  readonly #stage: CaptureStage;
  readonly #rollups = new Rollups();
  readonly #profileJobs: ProfileJobs;
  /** The profile worker's end; null while nobody profiles. */
  #profiler: MessagePort | null = null;
  readonly #recording: RecordingSink | null;
  readonly #clock: WallClock;
  readonly #drainTimer = new DrainTimer();
  readonly #threadStat = `/proc/self/task/${addon().threadId()}/schedstat`;
  readonly #timers: NodeJS.Timeout[] = [];
  #stopped = false;

  constructor(options: CaptureOptions) {
    const offset = measureOffsetNs();
    this.#clock = new WallClock(offset);
    this.#stage = new CaptureStage(new DetailBudget(options.detailBudget), options.encodeRows ? new RowEncoder() : null, this.#rollups, this.#clock);
    this.#kernel = new KernelCapture(options);
    this.#profileJobs = new ProfileJobs((ns) => this.#clock.unixNs(ns), { perHour: options.profilesPerHour, edgeNs: options.profileEdgeNs });
    this.#recording = options.recordTo === null ? null
      : new RecordingSink(options.recordTo, { clockOffsetNs: String(offset), kernel: release(), createdMs: Date.now() },
        (error) => post({ type: 'recording-failed', ...error.toJSON() }));
    this.#pipeline = createPipeline({
      requests: options, noResponseTimeoutMs: options.noResponseTimeoutMs, clock: this.#clock,
      startSeconds: Date.now() / 1000, names: new LiveNames(monotonicNs),
      onRecord: (record, endNs, attach) => {
        this.#stage.add(record, endNs, attach);
        if (this.#profiler !== null) this.#profileJobs.finished(record, endNs);
      },
      onOpened: (info) => this.#profileJobs.opened(info),
      datagramSenders: this.#kernel.tellsSenders(),
      setCapture: (id, bytes) => this.#kernel.setCapture(id, bytes),
    });
  }

  start(): void {
    raisePriority();
    post({ type: 'ready', hooks: hookStates(this.#kernel) });
    this.#timers.push(
      setInterval(() => this.#flush(), FLUSH_MS),
      setInterval(() => this.#flushRollups(), ROLLUP_MS),
      setInterval(() => this.#pipeline.sweep(monotonicNs()), SWEEP_MS),
      setInterval(() => this.#clock.setOffset(measureOffsetNs()), CLOCK_MS),
    );
    this.#schedule(0);
  }

  setWatched(watched: boolean): void {
    this.#stage.setWatched(watched);
  }

  exclude(pids: number[]): void {
    this.#kernel.exclude(pids);
  }

  ask(like: Pick<Ask, 'service' | 'endpoint' | 'operation'>, count: number): { taken: boolean; profiling: ProfilingCounts } {
    return { taken: this.#profileJobs.ask(like, count), profiling: this.#profiling() };
  }

  tracedPids(): number[] {
    return this.#kernel.tracedPids();
  }

  profileInto(jobs: MessagePort | null): void {
    this.#profiler?.close();
    this.#profiler = jobs;
    this.#profileJobs.restart();
    jobs?.on('message', (message: FromProfiler) => { if (message.type === 'done') this.#profileJobs.done(); });
    if (jobs === null) this.#profileJobs.forgetAsks();
  }

  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    for (const timer of this.#timers) clearInterval(timer);
    while (this.#drain() === DRAIN_LIMIT);
    this.#pipeline.finish(monotonicNs());
    this.#flush();
    this.#flushRollups();
    this.#recording?.close();
    this.#profiler?.close();
    this.#kernel.close();
    parentPort!.close();
  }

  #schedule(delayMs: number): void {
    setTimeout(() => {
      if (this.#stopped) return;
      const before = this.#kernel.bytes();
      const done = this.#drain();
      this.#schedule(done === DRAIN_LIMIT ? 0 : this.#drainTimer.next(this.#kernel.bytes() - before));
    }, delayMs);
  }

  #drain(): number {
    const { observer } = this.#pipeline;
    const recording = this.#recording;
    // The time is read before the rings are looked at: see KernelCapture.drain.
    return this.#kernel.drain(monotonicNs(), DRAIN_LIMIT, (bytes, view, offset, size) => {
      if (recording) recording.add(bytes, offset, size);
      decodeRecord(bytes, view, offset, observer);
    });
  }

  #flush(): void {
    this.#recording?.flush();
    if (this.#profiler !== null) for (const message of this.#profileJobs.due(monotonicNs())) this.#profiler.postMessage(message);
    const { rows, rowCount, recent, seen } = this.#stage.take();
    if (seen > 0) post({ type: 'requests', rowBinary: rows, rowCount, recent: recent.map(detach), seen }, rows ? [rows.buffer as ArrayBuffer] : []);
  }

  #flushRollups(): void {
    const rows = this.#rollups.flush();
    if (rows.length > 0) post({ type: 'rollups', rows });
    post({ type: 'health', health: this.#health() });
  }

  #health(): CaptureHealth {
    const stats = this.#pipeline.stats();
    return {
      events: this.#kernel.records, eventBytes: this.#kernel.bytes(), requests: stats.requests, incomplete: stats.incomplete,
      connectionsOpen: stats.connectionsOpen, connectionsTotal: stats.connectionsTotal, connectionsUnclassified: stats.connectionsUnclassified,
      unclassifiedTotal: stats.unclassifiedTotal,
      losses: [
        ...this.#kernel.losses(), ...lossesOf({ ...stats.losses, labels_folded: this.#rollups.overflowed }), ...(this.#recording?.losses() ?? []),
      ],
      // First number: time on the CPU, ns.
      cpuSeconds: Number(readFileSync(this.#threadStat, 'latin1').split(' ')[0]) / 1e9,
      kernelSeconds: this.#kernel.kernelSeconds(), profiling: this.#profiling(),
    };
  }

  #profiling(): ProfilingCounts {
    return { passedOver: this.#profileJobs.passedOver, asks: this.#profileJobs.asks() };
  }
}

/** Needs CAP_SYS_NICE; without it bursts are lost sooner, and counted. */
function raisePriority(): void {
  try {
    setPriority(addon().threadId(), PRIORITY);
  } catch { /* stays as it is */ }
}

function hookStates(kernel: KernelCapture): HookState[] {
  return kernel.plan.programs.map(({ name, use, reason }) => ({ name, state: use ? 'attached' : 'skipped', reason }));
}

/** Payloads are cut out of larger slabs: what goes to the other thread must not take a slab along. */
function detach(record: RequestRecord): RequestRecord {
  if (record.requestPayload) record.requestPayload = record.requestPayload.slice();
  if (record.responsePayload) record.responsePayload = record.responsePayload.slice();
  return record;
}

function post(message: WorkerMessage, transfer: ArrayBuffer[] = []): void {
  parentPort!.postMessage(message, transfer);
}

try {
  const worker = new CaptureWorker(workerData as CaptureOptions);
  parentPort!.on('message', (message: MainMessage) => {
    switch (message.type) {
      case 'exclude': return worker.exclude(message.pids);
      case 'watched': return worker.setWatched(message.watched);
      case 'profiling': return worker.profileInto(message.jobs);
      case 'ask': return post({ type: 'asked', ...worker.ask(message.like, message.count) });
      case 'traced-pids': return post({ type: 'traced-pids', pids: worker.tracedPids() });
      case 'stop': return worker.stop();
    }
  });
  worker.start();
} catch (error) {
  post({ type: 'fatal', ...toKindlingError(error).toJSON() });
}
