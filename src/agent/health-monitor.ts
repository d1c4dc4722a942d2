/** One reading a second of what the agent does and costs; three minutes of history. */
import type { AgentHealth, LiveTick, StoreHealth, TimeRange } from '../server/api.js';
import { eventsLost } from '../errors/losses.js';
import type { SelfReading } from '../metrics/self.js';
import type { CaptureHealth, HookState } from './messages.js';
import { LossLog } from './loss-log.js';
import { readProcessUsage, type ProcessUsage } from './proc-usage.js';

const HISTORY_SECONDS = 180;

const NOTHING: CaptureHealth = {
  events: 0, eventBytes: 0, requests: 0, incomplete: 0, connectionsOpen: 0, connectionsTotal: 0, connectionsUnclassified: 0, unclassifiedTotal: 0,
  losses: [],
  cpuSeconds: 0, kernelSeconds: null, profiling: { passedOver: 0, asks: [] },
};

export interface HealthSources {
  version: string;
  scope: string;
  hooks: () => HookState[];
  state: () => AgentHealth['state'];
  store: () => StoreHealth | null;
  /** Process of the store's engine, null when there is none. */
  storePid: () => number | null;
  /** Process that names stacks, null when there is none. Its cost counts as the agent's. */
  namerPid: () => number | null;
  nowMs?: () => number;
}

interface Reading {
  atMs: number;
  capture: CaptureHealth;
  /** Of the whole process, all threads, and of the process that names stacks. */
  processSeconds: number;
  /** Node's own code, which both have mapped, counts once. */
  rssBytes: number;
  store: ProcessUsage | null;
}

export class HealthMonitor {
  readonly startedAtMs: number;
  private capture = NOTHING;
  private readonly nowMs: () => number;
  private previous: Reading;
  private latest: Reading;
  private errorsSinceTick = 0;
  private live = { shown: 0, seen: 0 };
  private readonly lossLog = new LossLog((count) => `${counted(count, 'event was', 'events were')} lost meanwhile: some requests are missing or incomplete. The agent page says why.`);
  private readonly storeLossLog = new LossLog((count) => `${counted(count, 'batch', 'batches')} of rows could not be stored: single requests of this time are missing. The agent page says why.`);
  private droppedBatches = 0;
  private readonly history: AgentHealth['history'] = [];

  constructor(private readonly sources: HealthSources) {
    this.nowMs = sources.nowMs ?? Date.now;
    this.startedAtMs = this.nowMs();
    this.previous = this.latest = this.read();
  }

  update(capture: CaptureHealth): void {
    this.capture = capture;
  }

  countErrors(errors: number): void {
    this.errorsSinceTick += errors;
  }

  /** @param seen all requests meanwhile, of which so many are shown live */
  countLive(shown: number, seen: number): void {
    this.live.shown += shown;
    this.live.seen += seen;
  }

  /** What answers about that time may lack. */
  notesOn(range: TimeRange): string[] {
    return [...this.lossLog.notes(range), ...this.storeLossLog.notes(range), ...this.storeNotes()];
  }

  /** Once a second. Returns what the live tail shows. */
  tick(): LiveTick {
    this.previous = this.latest;
    this.latest = this.read();
    const { latest, previous } = this;
    const lost = eventsLost(latest.capture.losses);
    const newlyLost = lost - eventsLost(previous.capture.losses);
    this.lossLog.add(previous.atMs, latest.atMs, newlyLost);
    const droppedBatches = this.sources.store()?.droppedBatches ?? 0;
    this.storeLossLog.add(previous.atMs, latest.atMs, droppedBatches - this.droppedBatches);
    this.droppedBatches = droppedBatches;
    this.history.push({
      t: latest.atMs, events: this.rate((r) => r.capture.events), requests: this.rate((r) => r.capture.requests),
      lost: newlyLost, agentCores: this.rate((r) => r.processSeconds), rssBytes: latest.rssBytes,
    });
    if (this.history.length > HISTORY_SECONDS) this.history.shift();
    const errorsPerSecond = this.errorsSinceTick / this.elapsedSeconds();
    this.errorsSinceTick = 0;
    const notes = [...this.liveNotes(), ...this.lossLog.notes({ from: latest.atMs, to: Infinity }), ...this.storeNotes()];
    this.live = { shown: 0, seen: 0 };
    return { t: latest.atMs, requestsPerSecond: this.rate((r) => r.capture.requests), errorsPerSecond, lost, notes };
  }

  health(): AgentHealth {
    const { capture } = this.latest;
    const { version, scope } = this.sources;
    return {
      version, scope, state: this.sources.state(), startedAt: this.startedAtMs, pid: process.pid, hooks: this.sources.hooks(),
      events: { total: capture.events, perSecond: this.rate((r) => r.capture.events), bytes: capture.eventBytes },
      requests: { total: capture.requests, perSecond: this.rate((r) => r.capture.requests), incomplete: capture.incomplete },
      connections: { open: capture.connectionsOpen, total: capture.connectionsTotal, unclassified: capture.connectionsUnclassified },
      losses: capture.losses.filter((loss) => loss.count > 0),
      cpu: {
        agentCores: this.rate((r) => r.processSeconds), captureCores: this.rate((r) => r.capture.cpuSeconds),
        storeCores: this.rate((r) => r.store?.cpuSeconds ?? 0),
        kernelCores: capture.kernelSeconds === null ? null : this.rate((r) => r.capture.kernelSeconds ?? 0),
      },
      memory: { agentRssBytes: this.latest.rssBytes, storeRssBytes: this.latest.store?.rssBytes ?? 0 },
      store: this.sources.store(), history: [...this.history],
    };
  }

  /** The same totals for /metrics. */
  selfReading(liveClients: number): Omit<SelfReading, 'metricSeries' | 'foldedRows' | 'profiling'> {
    const now = this.read();
    const { capture } = now;
    return {
      ...capture, version: this.sources.version, startedAtMs: this.startedAtMs, liveClients, store: this.sources.store(),
      cpuSeconds: {
        main: Math.max(0, now.processSeconds - capture.cpuSeconds), capture: capture.cpuSeconds,
        store: now.store?.cpuSeconds ?? null, kernel: capture.kernelSeconds,
      },
      rssBytes: { agent: now.rssBytes, store: now.store?.rssBytes ?? null },
    };
  }

  private read(): Reading {
    const cpu = process.cpuUsage();
    const pid = this.sources.storePid();
    const namerPid = this.sources.namerPid();
    const namer = namerPid === null ? null : readProcessUsage(namerPid);
    return {
      atMs: this.nowMs(), capture: this.capture, processSeconds: (cpu.user + cpu.system) / 1e6 + (namer?.cpuSeconds ?? 0),
      rssBytes: process.memoryUsage.rss() + (namer?.anonymousBytes ?? 0), store: pid === null ? null : readProcessUsage(pid),
    };
  }

  private elapsedSeconds(): number {
    return Math.max(0.001, (this.latest.atMs - this.previous.atMs) / 1000);
  }

  private rate(of: (reading: Reading) => number): number {
    return Math.max(0, of(this.latest) - of(this.previous)) / this.elapsedSeconds();
  }

  /** The live tail shows no more than one can read; slow and failed ones go first. */
  private liveNotes(): string[] {
    const { shown, seen } = this.live;
    if (shown >= seen) return [];
    const perSecond = (count: number): string => Math.round(count / this.elapsedSeconds()).toLocaleString('en-US');
    return [`Live shows ${perSecond(shown)} of ${perSecond(seen)} requests/s, slow and failed ones first.`];
  }

  private storeNotes(): string[] {
    const store = this.sources.store();
    return store !== null && store.state !== 'ok' ? [store.message] : [];
  }
}

function counted(count: number, one: string, many: string): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`;
}
