/**
 * The main thread: one capture worker in, store, metrics, live tail and server out.
 * Started from the back of the path to its front, so that nothing captured finds its consumer missing; stopped the other way round.
 */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { FastifyBaseLogger } from 'fastify';
import type { Config } from '../config/index.js';
import type { KindlingError } from '../errors/index.js';
import { checkKernel } from '../kernel/hooks.js';
import { Metrics } from '../metrics/metrics.js';
import type { PackedProfile } from '../profile/packed-profile.js';
import type { Profile } from '../profile/profile.js';
import type { RequestRecord } from '../requests/record.js';
import type { RollupRow } from '../requests/rollup.js';
import type { AgentHealth, StoreHealth } from '../server/api.js';
import type { LiveSource } from '../server/queries.js';
import { startServer, type RunningServer } from '../server/start-server.js';
import { CaptureClient } from './capture-client.js';
import { captureOptions, recorderOptions } from './capture-options.js';
import { translateError } from './translate-error.js';
import { HealthMonitor } from './health-monitor.js';
import { LiveHub } from './live-hub.js';
import { compileFilter } from './live-filter.js';
import type { Scope } from './messages.js';
import { RecentRequests } from './recent-requests.js';
import { Profiles } from './profiles.js';
import { Profiling } from './profiling.js';
import { RecorderControl } from './profiling-control.js';
import { CauseQueries } from './cause-queries.js';
import { queriesWithRecent } from './recent-queries.js';
import { memoryQueries } from './memory-queries.js';
import { RecentRollups } from './recent-rollups.js';
import { withNotes } from './noted-queries.js';
import { dataSince, withObservedRange } from './observed-queries.js';
import { describeScope } from './scope.js';
import { openAgentStore } from './open-agent-store.js';
import type { StoreHandle } from './store-handle.js';
import { Totals } from './totals.js';
import { encodeRollups } from '../store/rollup-encoder.js';
import { harSource } from './har-source.js';
import { kindlingVersion } from './version.js';

/** About 2 KB each, with payloads and what V8 needs to keep them. */
const RECENT_REQUESTS = 2_000;
const TICK_MS = 1_000;
/** From the end of a request until its profile is there: the trigger waits for slower ones, the rings for their watermark. */
const PROFILES_SETTLE_MS = 1_500;
const PAGE_DIRECTORY = fileURLToPath(new URL('../../ui', import.meta.url));

export interface AgentOptions {
  config: Config;
  scope: Scope;
  log: FastifyBaseLogger;
  recordTo?: string | null;
  /** false: no page, API or /metrics (a `watch` or `record` of its own). */
  serve?: boolean;
  /** Tests put a worker of theirs here. */
  workerFile?: URL;
  openStore?: (config: Config) => Promise<StoreHandle>;
}

export interface RunningAgent {
  /** What to open in a browser; null when nothing is served. */
  url: string | null;
  live: LiveSource;
  health(): AgentHealth;
  totals: Totals;
  /** Those that lost most time. With the recorder on it waits for the last ones. */
  slowest(limit: number): Promise<Profile[]>;
  /** The flight recorder and what makes profiles of it: on and off at run time. */
  profiling: Profiling;
  /** Resolves with the reason when the agent cannot go on by itself. */
  failed: Promise<KindlingError>;
  stop(): Promise<void>;
}

export async function startAgent(options: AgentOptions): Promise<RunningAgent> {
  // Privileges before anything else: what fails without them has other names.
  if (options.workerFile === undefined) checkKernel();
  const agent = new Agent(options);
  try {
    await agent.start();
    return agent;
  } catch (error) {
    await agent.stop();
    throw translateError(error);
  }
}

/** From the end of a request until it is in the roll-ups that the capture thread hands over: on average. */
const COUNTING_MS = 500;

class Agent implements RunningAgent {
  url: string | null = null;
  readonly totals = new Totals();
  readonly live = new LiveHub(compileFilter, (watched) => this.capture?.setWatched(watched));
  readonly failed: Promise<KindlingError>;
  readonly profiling: Profiling;
  private fail!: (error: KindlingError) => void;
  private readonly recent = new RecentRequests(RECENT_REQUESTS);
  private readonly recentRollups = new RecentRollups();
  private readonly metrics: Metrics;
  private readonly monitor: HealthMonitor;
  private store: StoreHandle | null = null;
  private readonly profiles: Profiles;
  private readonly recorder: RecorderControl;
  /** As of the last tick: the store is asked, nobody waits for it. */
  private storeHealth: StoreHealth | null = null;
  private storeReading: Promise<void> | null = null;
  private server: RunningServer | null = null;
  private capture: CaptureClient | null = null;
  private capturingSinceMs: number | null = null;
  private timer: NodeJS.Timeout | null = null;
  private stopped: Promise<void> | null = null;

  constructor(private readonly options: AgentOptions) {
    const { config, scope } = options;
    this.failed = new Promise((resolve) => { this.fail = resolve; });
    this.profiles = new Profiles(config.store === 'off' ? null : join(config.storeDirectory, 'profiles'), {
      files: config.profileFiles, bytes: config.profileDiskBytes, perEndpoint: config.profilesPerEndpoint,
    });
    this.profiling = new Profiling({
      worker: async () => ({ scope: await this.recorderScope(), excludePids: this.ownPids(), ...recorderOptions(config) }),
      connect: (jobs) => this.capture?.profileInto(jobs),
      listener: {
        profile: (profile) => this.onProfile(profile),
        namerStarted: (pid) => this.capture?.exclude([pid]),
        profileFailed: (requestId, reason) => {
          this.profiles.failed(requestId, reason);
          options.log.warn({ requestId, reason }, 'a profile could not be made');
        },
        ended: () => this.profiles.ended(),
        died: (error) => {
          this.recorder.ended(`Profiling ended by itself: ${error.message}. It can be switched on again.`);
          options.log.error({ code: error.code, hint: error.hint }, `profiling ended: ${error.message}`);
        },
      },
    });
    this.monitor = new HealthMonitor({
      version: kindlingVersion(), scope: describeScope(scope), hooks: () => [...this.capture?.hooks ?? [], ...this.profiling.hooks], state: () => this.state(),
      store: () => this.storeHealth, storePid: () => this.store?.enginePid() ?? null, namerPid: () => this.profiling.namerPid,
    });
    this.recorder = new RecorderControl({ config, profiling: this.profiling, profiles: this.profiles, capture: () => this.capture });
    this.metrics = new Metrics({
      podDetail: config.podDetail, maxSeries: config.maxSeries, traceRequests: config.traceMetrics,
      self: () => ({ ...this.monitor.selfReading(this.live.clients), profiling: this.recorder.reading() }),
    });
  }

  async start(): Promise<void> {
    const { config, scope, openStore = openAgentStore } = this.options;
    this.store = config.store === 'off' ? null : await openStore(config);
    await this.readStoreHealth();
    if (this.options.serve !== false) await this.serve();
    const excludePids = this.ownPids();
    const options = captureOptions(config, scope, { recordTo: this.options.recordTo, excludePids });
    this.capture = await CaptureClient.start({ ...options, encodeRows: this.store !== null }, {
      requests: (rowBinary, rowCount, recent, seen) => this.onRequests(rowBinary, rowCount, recent, seen),
      rollups: (rows) => this.onRollups(rows),
      health: (health) => this.monitor.update(health),
      recordingFailed: (error) => this.onRecordingFailed(error),
      died: (error) => this.fail(error),
    }, this.options.workerFile);
    // Who subscribed while it started was told of to nobody.
    if (this.live.clients > 0) this.capture.setWatched(true);
    if (config.profile) await this.recorder.start();
    this.capturingSinceMs = Date.now();
    this.timer = setInterval(() => this.tick(excludePids), TICK_MS);
  }

  health(): AgentHealth {
    return this.monitor.health();
  }

  async slowest(limit: number): Promise<Profile[]> {
    if (this.recorder.on && this.totals.requests > 0) await sleep(PROFILES_SETTLE_MS);
    const found = await Promise.all((await this.profiles.list(limit)).map(({ id }) => this.profiles.get(id)));
    return found.filter((profile) => profile !== null);
  }

  stop(): Promise<void> {
    return (this.stopped ??= this.stopInOrder());
  }

  private state(): AgentHealth['state'] {
    if (this.stopped !== null) return 'stopping';
    return this.capture === null ? 'starting' : 'capturing';
  }

  private async stopInOrder(): Promise<void> {
    if (this.timer) clearInterval(this.timer);
    await this.profiling.stop();
    await this.capture?.stop();
    this.monitor.tick();
    await this.server?.close();
    await this.storeReading;
    await this.profiles.close();
    await this.store?.close();
  }

  private async serve(): Promise<void> {
    const { config, log } = this.options;
    const answers = this.store === null ? memoryQueries(this.recent, this.recentRollups) : queriesWithRecent(this.store.queries, this.recent);
    const observed = withObservedRange(answers, dataSince(() => this.observedSinceMs(), async (range) => await answers.oldest?.(range) ?? null, Date.now), () => this.countedUntilMs());
    const queries = withNotes(observed, (range) => this.monitor.notesOn(range));
    const causes = new CauseQueries(this.profiles, queries);
    this.server = await startServer({
      address: config.listen.host, port: config.listen.port, token: config.token === '' ? null : config.token,
      queries: causes.withSentence(), profiles: causes.profileSource(), profiling: this.recorder, har: harSource(queries), live: this.live, health: () => this.health(),
      metrics: async () => ({ contentType: this.metrics.contentType, text: await this.metrics.text() }),
      pageDirectory: PAGE_DIRECTORY, log,
    });
    this.url = this.server.url;
  }

  /** The agent's scope. Turned on later, process ids of the command line may be others' by then: the capture side followed the processes. */
  private async recorderScope(): Promise<Scope> {
    const { scope } = this.options;
    return scope.kind === 'tree' && this.capture !== null ? { kind: 'tree', pids: await this.capture.tracedPids(), followed: true } : scope;
  }

  /** Without a store memory goes back only so far. */
  private observedSinceMs(): number | null {
    const since = this.capturingSinceMs;
    return since === null || this.store !== null ? since : Math.max(since, this.recentRollups.oldestMs ?? since);
  }

  private countedUntilMs(): number {
    return (this.store?.countedUntilMs?.() ?? Date.now()) - COUNTING_MS;
  }

  private onRequests(rowBinary: Uint8Array | null, rowCount: number, recent: RequestRecord[], seen: number): void {
    this.monitor.countLive(recent.length, seen);
    if (rowBinary !== null && rowCount > 0) this.store?.append('requests', rowBinary, rowCount);
    this.recent.add(recent);
    this.metrics.addRequests(recent);
    this.live.publish(recent);
  }

  private onProfile(profile: PackedProfile): void {
    if (this.profiles.put(profile)) this.metrics.addProfile(profile.row);
  }

  /** Who only records has nothing left to do; an agent that serves goes on. */
  private onRecordingFailed(error: KindlingError): void {
    if (this.options.serve === false) this.fail(error);
    else this.options.log.error({ code: error.code, hint: error.hint }, error.message);
  }

  private onRollups(rows: RollupRow[]): void {
    this.totals.add(rows);
    if (this.store === null) this.recentRollups.add(rows);
    this.metrics.addRollups(rows);
    this.monitor.countErrors(rows.reduce((errors, row) => errors + (row.error === 'none' ? 0 : row.count), 0));
    if (rows.length > 0) this.store?.append('rollup_10s', encodeRollups(rows), rows.length);
  }

  /** One reading at a time: an engine in trouble may take long to answer. Never rejects. */
  private readStoreHealth(): Promise<void> {
    const { store } = this;
    if (store === null) return Promise.resolve();
    return (this.storeReading ??= store.health()
      .then((health) => { this.storeHealth = health; }, (error: unknown) => this.options.log.error({ err: error }, 'the store does not say how it is'))
      .finally(() => { this.storeReading = null; }));
  }

  private tick(excluded: number[]): void {
    this.live.tick(this.monitor.tick());
    this.recorder.tick(Date.now());
    void this.readStoreHealth();
    // The store's engine starts anew after a crash, under another process id.
    const pids = this.ownPids();
    if (pids.some((pid) => !excluded.includes(pid))) {
      excluded.push(...pids);
      this.capture?.exclude(pids);
      this.profiling.exclude(pids);
    }
  }

  private ownPids(): number[] {
    const others = [this.store?.enginePid() ?? null, this.profiling.namerPid];
    return [process.pid, ...others.filter((pid) => pid !== null)];
  }
}
