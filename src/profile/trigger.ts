/**
 * Which requests get a profile: slow and failed ones of traced servers, of each endpoint the slowest of an interval, and
 * never more than the machine and the disk can take.
 */
import type { RequestRecord } from '../requests/record.js';

export interface Candidate {
  record: RequestRecord;
  startNs: number;
  endNs: number;
}

export interface TriggerLimits {
  /** Within it only the slowest of an endpoint is kept. */
  intervalNs: number;
  perHour: number;
  /** Time after the request that belongs to its window. */
  edgeNs: number;
}

export const DEFAULT_LIMITS: TriggerLimits = { intervalNs: 2e9, perHour: 2_000, edgeNs: 20e6 };
const HOUR_NS = 3_600e9;
const MAX_WAITING = 500;

export class Trigger {
  #waiting = new Map<string, Candidate>();
  #lastOf = new Map<string, number>();
  #taken: number[] = [];
  /** Requests that deserved one and got none. */
  passedOver = 0;

  constructor(private readonly limits: TriggerLimits = DEFAULT_LIMITS) {}

  offer(record: RequestRecord, startNs: number, endNs: number): void {
    if (record.role !== 'server' || (!record.slow && record.error === 'none')) return;
    const key = `${record.service}\n${record.endpoint}\n${record.error}`;
    const rival = this.#waiting.get(key);
    if (rival === undefined ? this.#waiting.size >= MAX_WAITING : rival.endNs - rival.startNs >= endNs - startNs) {
      this.passedOver++;
      return;
    }
    if (rival !== undefined) this.passedOver++;
    this.#waiting.set(key, { record, startNs, endNs });
  }

  /** Those whose window is over, slowest first. */
  due(nowNs: number): Candidate[] {
    const due: Candidate[] = [];
    this.#taken = this.#taken.filter((taken) => nowNs - taken < HOUR_NS);
    for (const [key, candidate] of this.#waiting) {
      if (nowNs < candidate.endNs + this.limits.edgeNs) continue;
      this.#waiting.delete(key);
      if (nowNs - (this.#lastOf.get(key) ?? -Infinity) < this.limits.intervalNs || this.#taken.length >= this.limits.perHour) {
        this.passedOver++;
        continue;
      }
      if (this.#lastOf.size > MAX_WAITING * 4) this.#lastOf.clear();
      this.#lastOf.set(key, nowNs);
      this.#taken.push(nowNs);
      due.push(candidate);
    }
    return due.sort((a, b) => (b.endNs - b.startNs) - (a.endNs - a.startNs));
  }
}
