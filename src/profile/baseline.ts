/** What is usual for each endpoint: the running median of its durations. Fed with every request, so a few look-ups and an increment. */
import { DURATION_BUCKETS, durationBucket, durationQuantile } from '../requests/duration-buckets.js';
import type { RequestRecord } from '../requests/record.js';

/** At so many requests all counts are halved: what is usual may change. */
const HALVE_AT = 4_096;
/** The median is computed anew after so many. */
const RENEW_EVERY = 32;
const MAX_ENDPOINTS = 2_000;

export class Baseline {
  readonly #counts = new Uint16Array(DURATION_BUCKETS);
  #total = 0;
  #seen = 0;
  #renewAt = 1;
  #medianNs = NaN;

  /** Requests it is the median of: those since the agent began. */
  get count(): number {
    return this.#seen;
  }

  /** NaN before the first. */
  get medianNs(): number {
    if (this.#seen >= this.#renewAt) {
      this.#medianNs = durationQuantile(this.#counts, 0.5);
      this.#renewAt = this.#seen < RENEW_EVERY ? this.#seen + 1 : this.#seen + RENEW_EVERY;
    }
    return this.#medianNs;
  }

  add(durationNs: number): void {
    this.#seen++;
    this.#counts[durationBucket(durationNs)]++;
    if (++this.#total < HALVE_AT) return;
    this.#total = 0;
    for (let i = 0; i < DURATION_BUCKETS; i++) this.#total += (this.#counts[i] >>= 1);
  }
}

type ByOperation<T> = Map<string, T>;

/** One value for each endpoint; the oldest endpoints are forgotten when there are too many. No key is put together: it is asked for every request. */
export class PerEndpoint<T> {
  readonly #services = new Map<string, Map<string, ByOperation<T>>>();
  #size = 0;

  constructor(private readonly make: () => T, private readonly limit = MAX_ENDPOINTS) {}

  get size(): number {
    return this.#size;
  }

  of({ service, endpoint, operation }: Pick<RequestRecord, 'service' | 'endpoint' | 'operation'>): T {
    let endpoints = this.#services.get(service);
    if (endpoints === undefined) this.#services.set(service, (endpoints = new Map<string, ByOperation<T>>()));
    let operations = endpoints.get(endpoint);
    if (operations === undefined) endpoints.set(endpoint, (operations = new Map<string, T>()));
    let value = operations.get(operation);
    if (value === undefined) {
      if (this.#size >= this.limit) return this.#anew(service, endpoint, operation);
      operations.set(operation, (value = this.make()));
      this.#size++;
    }
    return value;
  }

  *values(): Generator<T> {
    for (const endpoints of this.#services.values()) for (const operations of endpoints.values()) yield* operations.values();
  }

  /** Full: all begin again. Rare, and cheaper than to keep an order. */
  #anew(service: string, endpoint: string, operation: string): T {
    const value = this.make();
    this.#services.clear();
    this.#services.set(service, new Map([[endpoint, new Map([[operation, value]])]]));
    this.#size = 1;
    return value;
  }
}
