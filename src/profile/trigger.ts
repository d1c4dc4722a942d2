/**
 * Which requests get a profile: slow, slower than usual for their endpoint, failed, asked for, and now and then a normal one
 * to compare with. Of each endpoint the slowest of an interval, and never more than the machine and the disk can take
 * (profile-budget.ts). While the profiler is behind, candidates wait, so that what is taken gets its names, too.
 *
 * Requests are the servers'; of a process that serves nobody (a script, a cron job) those that it makes.
 */
import type { RequestRecord } from '../requests/record.js';
import { Baseline, PerEndpoint } from './baseline.js';
import { EndpointBudget, hourBudget, TokenBucket, type Ration } from './profile-budget.js';
import type { TriggerReason } from './profile.js';

export interface Candidate {
  record: RequestRecord;
  startNs: number;
  endNs: number;
  reason: TriggerReason;
  /** What its endpoint's requests took before; null until there are enough. */
  usual: { durationNs: number; count: number } | null;
}

/** Wanted profiles of the next requests like this. */
export interface Ask {
  service: string;
  endpoint: string;
  /** '': any. */
  operation: string;
  count: number;
  remaining: number;
}

export interface TriggerLimits {
  /** A candidate waits for so long; the slowest of those that came meanwhile is taken. At least the edge that its window has. */
  intervalNs: number;
  /** Of all endpoints, in any hour. What is asked for is not counted. */
  perHour: number;
  /** Of one endpoint. A request that took twice as long as all before it is taken anyway. */
  slow: Ration;
  /** Those that fail are much alike. */
  failed: Ration;
  /** Slower than usual: so many times the median, and at least so long. */
  factor: number;
  leastNs: number;
  /** A normal request of each endpoint is taken so often; of all endpoints one in `sampleGapNs`. */
  sampleNs: number;
  sampleGapNs: number;
}

export const DEFAULT_LIMITS: TriggerLimits = {
  intervalNs: 500e6, perHour: 2_000, factor: 3, leastNs: 20e6, sampleNs: 600e9, sampleGapNs: 1e9,
  slow: { first: 8, firstBackNs: 120e9, everyNs: 5e9 }, failed: { first: 3, firstBackNs: 120e9, everyNs: 30e9 },
};
const MAX_WAITING = 500;
/** Profiles that are not done yet, beyond which no other is begun for this reason. */
const BACKLOG: Record<TriggerReason, number> = { asked: 40, slow: 24, slower_than_usual: 12, failed: 12, sampled: 4 };
/**
 * How many may come at once, and one by one after that: each takes a tenth of a second of a CPU. What crossed its threshold has the
 * most; what failed, or is only slower than usual, or normal, has its own, which no flood of slow ones uses up.
 */
const PACE = { slow: { atOnce: 40, everyNs: 700e6 }, others: { atOnce: 20, everyNs: 2.5e9 } };
/** A candidate waits no longer for the profiler: a profile is wanted soon, and the recorder goes on overwriting. */
const PATIENCE_NS = 1e9;
/** Requests before one knows what is usual. */
const ENOUGH = 20;
/** A normal one: not among the first (they warm up), and within this factor of the median. */
const WARM = 3;
const NORMAL_FACTOR = 1.5;
const MAX_SERVERS = 4_096;
const MAX_ASKED = 100;
/** Of one endpoint: ways to fail that are told apart. */
const MAX_BUDGETS = 8;
const OTHERS = '~other';

class EndpointState {
  readonly baseline = new Baseline();
  sampledNs = -Infinity;
  /** By what requests have in common (`rivals`). Most endpoints never need one. */
  #budgets: Map<string, EndpointBudget> | null = null;

  budget(sort: string, ration: Ration): EndpointBudget {
    this.#budgets ??= new Map();
    const key = this.#budgets.has(sort) || this.#budgets.size < MAX_BUDGETS ? sort : OTHERS;
    let budget = this.#budgets.get(key);
    if (budget === undefined) this.#budgets.set(key, (budget = new EndpointBudget(ration)));
    return budget;
  }
}

interface Waiting extends Candidate { state: EndpointState; dueNs: number }

export class Trigger {
  readonly #endpoints = new PerEndpoint(() => new EndpointState());
  readonly #waiting = new Map<string, Waiting>();
  readonly #asked = new Map<string, Ask>();
  /** Processes that have served a request. */
  readonly #servers = new Set<number>();
  readonly #hour: TokenBucket;
  readonly #slowPace = new TokenBucket(PACE.slow.atOnce, PACE.slow.everyNs);
  readonly #othersPace = new TokenBucket(PACE.others.atOnce, PACE.others.everyNs);
  #sampledNs = -Infinity;
  /** Requests that deserved one and got none. */
  passedOver = 0;

  constructor(private readonly limits: TriggerLimits = DEFAULT_LIMITS) {
    this.#hour = hourBudget(limits.perHour);
  }

  /**
   * Profile the next requests like this, whatever they take; 0 takes it back. Asked again, the last wish counts.
   * @returns false: too many other endpoints are already asked for
   */
  ask({ service, endpoint, operation = '' }: { service: string; endpoint: string; operation?: string }, count: number): boolean {
    const key = askKey(service, endpoint, operation);
    this.#asked.delete(key);
    if (count <= 0) return true;
    if (this.#asked.size >= MAX_ASKED) return false;
    this.#asked.set(key, { service, endpoint, operation, count, remaining: count });
    return true;
  }

  /** Those asked for that are still to come. */
  asks(): Ask[] {
    return [...this.#asked.values()].map((ask) => ({ ...ask }));
  }

  offer(record: RequestRecord, startNs: number, endNs: number): void {
    if (record.role === 'server') this.#serves(record.pid);
    else if (this.#servers.has(record.pid)) return;
    const state = this.#endpoints.of(record);
    const { baseline } = state;
    const medianNs = baseline.medianNs;
    const count = baseline.count;
    if (record.error === 'none') baseline.add(endNs - startNs);
    const reason = this.#reason(record, endNs, state, medianNs, count);
    if (reason === null) return;
    const usual = count >= ENOUGH ? { durationNs: medianNs, count } : null;
    this.#wait({ record, startNs, endNs, reason, usual, state, dueNs: endNs + this.limits.intervalNs });
  }

  /**
   * Those whose time has come, slowest first.
   * @param backlog profiles that were begun and are not done yet
   */
  due(nowNs: number, backlog = 0): Candidate[] {
    const over = [...this.#waiting].filter(([, { dueNs }]) => nowNs >= dueNs);
    // The slowest also has first choice of what is left.
    over.sort(([, a], [, b]) => (b.endNs - b.startNs) - (a.endNs - a.startNs));
    const due: Candidate[] = [];
    for (const [key, waiting] of over) {
      const { record, startNs, endNs, reason, usual } = waiting;
      const room = backlog + due.length < BACKLOG[reason];
      if (!room && nowNs - waiting.dueNs < PATIENCE_NS) continue;
      this.#waiting.delete(key);
      const pace = this.#paceOf(reason);
      if (room && (pace === null || pace.level(nowNs) >= 1) && this.#affords(waiting, nowNs)) {
        pace?.take();
        due.push({ record, startNs, endNs, reason, usual });
      } else this.passedOver++;
    }
    return due;
  }

  #serves(pid: number): void {
    if (this.#servers.has(pid)) return;
    if (this.#servers.size >= MAX_SERVERS) this.#servers.clear();
    this.#servers.add(pid);
  }

  #reason(record: RequestRecord, endNs: number, state: EndpointState, medianNs: number, count: number): TriggerReason | null {
    if (this.#asked.size > 0 && this.#isAsked(record)) return 'asked';
    if (record.error !== 'none') return 'failed';
    if (record.slow) return 'slow';
    const { durationNs } = record;
    const { factor, leastNs, sampleNs, sampleGapNs } = this.limits;
    if (durationNs >= leastNs && count >= ENOUGH && durationNs >= medianNs * factor) return 'slower_than_usual';
    const normal = count >= WARM && durationNs <= medianNs * NORMAL_FACTOR;
    if (!normal || endNs - state.sampledNs < sampleNs || endNs - this.#sampledNs < sampleGapNs) return null;
    state.sampledNs = this.#sampledNs = endNs;
    return 'sampled';
  }

  #isAsked({ service, endpoint, operation }: RequestRecord): boolean {
    const key = [askKey(service, endpoint, operation), askKey(service, endpoint, '')].find((one) => this.#asked.has(one));
    if (key === undefined) return false;
    const ask = this.#asked.get(key)!;
    if (--ask.remaining <= 0) this.#asked.delete(key);
    return true;
  }

  #wait(candidate: Waiting): void {
    const { record, reason } = candidate;
    const key = `${record.service}\n${record.endpoint}\n${record.operation}\n${rivals(record, reason)}`;
    const rival = this.#waiting.get(key);
    if (rival === undefined ? this.#waiting.size >= MAX_WAITING : rival.endNs - rival.startNs >= candidate.endNs - candidate.startNs) {
      this.passedOver++;
      return;
    }
    if (rival !== undefined) {
      this.passedOver++;
      // The interval began with the first; the window's later edge is over by then.
      candidate.dueNs = Math.max(rival.dueNs, candidate.endNs + this.limits.intervalNs / 4);
      this.#waiting.delete(key);
    }
    this.#waiting.set(key, candidate);
  }

  #paceOf(reason: TriggerReason): TokenBucket | null {
    if (reason === 'asked') return null;
    return reason === 'slow' ? this.#slowPace : this.#othersPace;
  }

  /** Takes what it costs of the endpoint's and the hour's, too. */
  #affords({ record, reason, state, startNs, endNs }: Waiting, nowNs: number): boolean {
    if (reason === 'asked') return true;
    if (reason === 'sampled') return this.#affordsSample(nowNs);
    const budget = state.budget(rivals(record, reason), reason === 'failed' ? this.limits.failed : this.limits.slow);
    return budget.spend(endNs - startNs, nowNs, this.#hour);
  }

  /** Half of what there is at once is for those that something is wrong with. */
  #affordsSample(nowNs: number): boolean {
    if (this.#hour.level(nowNs) < Math.max(1, this.#hour.size / 2)) return false;
    this.#hour.take();
    return true;
  }
}

/** Of those of an endpoint that have this in common only the slowest of an interval is taken, and they share a budget. */
function rivals({ id, status }: RequestRecord, reason: TriggerReason): string {
  switch (reason) {
    case 'asked': return id;
    case 'sampled': return reason;
    case 'failed': return `${reason} ${status}`;
    default: return 'slow';
  }
}

function askKey(service: string, endpoint: string, operation: string): string {
  return `${service}\n${endpoint}\n${operation}`;
}
