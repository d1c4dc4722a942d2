/**
 * The capture thread's part of profiling: it decides which requests deserve a profile and collects what only it knows of
 * them. The profile worker does the rest (profiler.ts), so that no window is read here.
 *   trigger     which requests                          profile/trigger.ts
 *   job         the request, its window, the calls and other requests meanwhile, the peers behind its descriptors
 */
import type { ConnectionOpened } from '../events/observation.js';
import type { ProcessWork, RequestEnds, TriggerReason } from '../profile/profile.js';
import { OpenPeers, type DescriptorPeer } from '../profile/open-peers.js';
import { RecentExchanges } from '../profile/recent-exchanges.js';
import { DEFAULT_LIMITS, Trigger, type Ask, type Candidate } from '../profile/trigger.js';
import type { RequestRecord } from '../requests/record.js';

export interface ProfileJobsLimits {
  /** Profiles in any hour, of all endpoints. */
  perHour: number;
  /** What is shown before and after the request. */
  edgeNs: number;
}

/** All that the profile worker needs from elsewhere. Passed between threads: plain data. Times are monotonic ns. */
export interface ProfileJob {
  /** Without payloads. */
  record: RequestRecord;
  reason: TriggerReason;
  startNs: number;
  endNs: number;
  /** The window. */
  fromNs: number;
  toNs: number;
  /** Unix ns of `fromNs`, as a decimal string. */
  start: string;
  /** Its own ends and stages; what it and other processes did meanwhile. Their times are ns since `fromNs`. */
  request: RequestEnds;
  processes: ProcessWork[];
  usual: Candidate['usual'];
  peers: DescriptorPeer[];
}

export type ToProfiler =
  | { type: 'job'; job: ProfileJob }
  /** Processes that serve requests, once each: they may be profiled later. */
  | { type: 'processes'; pids: number[] };

/** A job's profile has all the names that it will have, or failed. */
export interface FromProfiler { type: 'done' }

const MAX_SERVERS = 1_000;

export class ProfileJobs {
  readonly #trigger: Trigger;
  readonly #recent = new RecentExchanges();
  readonly #peers = new OpenPeers();
  readonly #servers = new Set<number>();
  #newServers: number[] = [];
  /** Jobs that the profiler has and is not done with. */
  #backlog = 0;

  constructor(private readonly unixNs: (monotonicNs: number) => string, private readonly limits: ProfileJobsLimits) {
    const { perHour, edgeNs } = limits;
    // The window has to be over when a request is taken.
    this.#trigger = new Trigger({ ...DEFAULT_LIMITS, perHour, intervalNs: Math.max(DEFAULT_LIMITS.intervalNs, edgeNs) });
  }

  /** Requests that deserved a profile and got none, since the agent's start. */
  get passedOver(): number {
    return this.#trigger.passedOver;
  }

  asks(): Ask[] {
    return this.#trigger.asks();
  }

  /** @returns false: too many others are waited for */
  ask(like: Pick<Ask, 'service' | 'endpoint' | 'operation'>, count: number): boolean {
    return this.#trigger.ask(like, count);
  }

  /** Nobody profiles any more: what was asked for is not waited for. */
  forgetAsks(): void {
    for (const ask of this.#trigger.asks()) this.#trigger.ask(ask, 0);
  }

  opened(info: ConnectionOpened): void {
    this.#peers.opened(info);
    // Looked at from now on: what its first slow request went through is counted from before it.
    if (info.role === 'server') this.#noteServer(info.pid);
  }

  finished(record: RequestRecord, endNs: number): void {
    const startNs = endNs - record.durationNs;
    if (record.role === 'server') this.#noteServer(record.pid);
    this.#recent.add(record, startNs, endNs);
    this.#trigger.offer(record, startNs, endNs);
  }

  /** Requests whose windows are over, and processes not told of before. */
  due(nowNs: number): ToProfiler[] {
    const jobs = this.#trigger.due(nowNs, this.#backlog).map((candidate) => this.#job(candidate)).filter(isOurs).map((job): ToProfiler => ({ type: 'job', job }));
    this.#backlog += jobs.length;
    if (this.#newServers.length === 0) return jobs;
    const pids = this.#newServers;
    this.#newServers = [];
    return [{ type: 'processes', pids }, ...jobs];
  }

  done(): void {
    this.#backlog = Math.max(0, this.#backlog - 1);
  }

  /** Another profiler: it knows nothing yet, and has nothing to do. */
  restart(): void {
    this.#servers.clear();
    this.#backlog = 0;
  }

  #noteServer(pid: number): void {
    if (this.#servers.has(pid)) return;
    if (this.#servers.size >= MAX_SERVERS) this.#servers.clear();
    this.#servers.add(pid);
    this.#newServers.push(pid);
  }

  #job({ record, startNs, endNs, reason, usual }: Candidate): ProfileJob {
    const fromNs = startNs - this.limits.edgeNs;
    const processes = this.#recent.around(record, startNs, endNs, fromNs);
    return {
      record: { ...record, requestPayload: null, responsePayload: null }, reason, usual,
      startNs, endNs, fromNs, toNs: endNs + this.limits.edgeNs, start: this.unixNs(fromNs),
      request: this.#recent.ends(record, startNs, endNs, fromNs), processes, peers: this.#peers.of(processes.map(({ pid }) => pid)),
    };
  }
}

/** What a program asked a server that is traced itself is that server's profile. */
function isOurs({ request }: ProfileJob): boolean {
  return request.role === 'server' || request.server === undefined;
}
