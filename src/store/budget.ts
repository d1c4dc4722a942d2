/**
 * Which requests get a row of their own (design section 10). Slow and failed ones always; normal ones all while they fit
 * the budget; beyond it a fair sample per endpoint, with its weight in the row. Decided at once, from what was seen in
 * the second before and so far in this one: no buffering, and a request is stored as soon as it ends.
 *
 * Each endpoint gets an equal share of the budget; what quiet endpoints leave over goes to the busy ones (max-min
 * fairness). An endpoint over its share keeps every k-th request, and the row stands for the k requests since the last.
 */
import type { RequestRecord } from '../requests/record.js';

const SECOND_NS = 1e9;
/** Endpoints told apart; clustering keeps them few, a hostile client must not grow the map. */
const MAX_ENDPOINTS = 10_000;

class Endpoint {
  seen = 0;
  seenBefore = 0;
  /** Keep one of so many. */
  stride = 1;
  /** Requests since the last row, this one included. */
  pending = 0;
  idle = 0;
}

export class DetailBudget {
  private readonly endpoints = new Map<string, Map<string, Endpoint>>();
  private readonly rest = new Endpoint();
  private all: Endpoint[] = [this.rest];
  private windowEndNs = 0;
  /** Rows of normal requests in the current second. */
  private keptNormal = 0;
  private tightenAt = 0;
  private lastService = '';
  private lastKey = '';
  /** Null: none that is still known. */
  private last: Endpoint | null = null;
  /** Requests of the current second that had to be kept whatever the budget. */
  private abnormal = 0;
  /** Totals since start. */
  seen = 0;
  kept = 0;

  constructor(private readonly rowsPerSecond: number) {}

  /** Weight of the record's row; 0 when it gets none. @param nowNs end of the request, monotonic */
  decide(record: RequestRecord, nowNs: number): number {
    this.seen++;
    if (this.rowsPerSecond === Infinity) {
      this.kept++;
      return 1;
    }
    if (nowNs >= this.windowEndNs) this.turn(nowNs);
    if (record.slow || record.error !== 'none') {
      this.abnormal++;
      this.kept++;
      return 1;
    }
    const endpoint = this.endpointOf(record);
    endpoint.seen++;
    endpoint.pending++;
    if (endpoint.pending < endpoint.stride) return 0;
    const weight = endpoint.pending;
    endpoint.pending = 0;
    this.kept++;
    if (++this.keptNormal >= this.tightenAt) this.tighten();
    return weight;
  }

  private limit(): number {
    return Math.max(1, Math.floor(this.rowsPerSecond) - this.abnormal);
  }

  /** One request after the other is often of the same endpoint. */
  private endpointOf(record: RequestRecord): Endpoint {
    if (this.last !== null && record.endpoint === this.lastKey && record.service === this.lastService) return this.last;
    this.lastKey = record.endpoint;
    this.lastService = record.service;
    return (this.last = this.find(record));
  }

  private find(record: RequestRecord): Endpoint {
    let ofService = this.endpoints.get(record.service);
    if (ofService === undefined) this.endpoints.set(record.service, ofService = new Map());
    const key = record.endpoint;
    let endpoint = ofService.get(key);
    if (endpoint === undefined) {
      if (this.all.length >= MAX_ENDPOINTS) return this.rest;
      endpoint = new Endpoint();
      ofService.set(key, endpoint);
      this.all.push(endpoint);
    }
    return endpoint;
  }

  /** A burst that the shares did not foresee has used up the budget: whoever is above an equal share keeps half as much from here on. */
  private tighten(): void {
    const limit = this.limit();
    const share = limit / Math.max(1, this.all.reduce((n, e) => n + (e.seen > 0 ? 1 : 0), 0));
    for (const endpoint of this.all) if (endpoint.seen >= share) endpoint.stride *= 2;
    this.tightenAt = this.keptNormal + Math.ceil(limit / 8);
  }

  /** A new second: shares from what the last one brought. */
  private turn(nowNs: number): void {
    this.windowEndNs = nowNs + SECOND_NS;
    const budget = this.limit();
    for (const endpoint of this.all) {
      endpoint.idle = endpoint.seen === 0 ? endpoint.idle + 1 : 0;
      endpoint.seenBefore = endpoint.seen;
      endpoint.seen = 0;
    }
    const share = fairShare(this.all, budget);
    for (const endpoint of this.all) endpoint.stride = Math.max(1, Math.ceil(endpoint.seenBefore / share));
    this.keptNormal = 0;
    this.abnormal = 0;
    this.tightenAt = Math.ceil(this.rowsPerSecond * 1.05);
    if (this.all.length >= MAX_ENDPOINTS / 2) this.forgetIdle();
  }

  private forgetIdle(): void {
    const idleSeconds = 60;
    for (const [service, ofService] of this.endpoints) {
      for (const [key, endpoint] of ofService) if (endpoint.idle > idleSeconds) ofService.delete(key);
      if (ofService.size === 0) this.endpoints.delete(service);
    }
    this.last = null;
    this.all = [this.rest, ...[...this.endpoints.values()].flatMap((m) => [...m.values()])];
  }
}

/** Rows a second that the busiest may have, so that all together need no more than the budget. */
function fairShare(endpoints: readonly Endpoint[], budget: number): number {
  const demands = endpoints.map((e) => e.seenBefore).filter((n) => n > 0).sort((a, b) => a - b);
  let left = budget;
  for (let i = 0; i < demands.length; i++) {
    const share = left / (demands.length - i);
    if (demands[i] > share) return Math.max(share, 1e-9);
    left -= demands[i];
  }
  return Infinity;
}
