/** What the time of profiled requests went to, as a counter. Bounded: beyond the limit endpoints, then services, are folded. */
import type { ProfileSummary } from '../profile/profile-summary.js';
import type { MetricDefinition } from './definitions.js';
import type { Sample } from './exposition.js';
import { OTHER } from './labels.js';

export const CAUSE_METRIC: MetricDefinition = {
  name: 'kindling_profile_cause_duration_nanoseconds_total', type: 'counter', unit: 'ns', labels: ['service', 'endpoint', 'kind'],
  help: 'Time of profiled requests (slow, failed, asked for, a few normal ones) by what it went to.',
};

export class CauseCounter {
  readonly #sums = new Map<string, { labels: Record<string, string>; ns: number }>();

  constructor(private readonly maxSeries: number) {}

  add({ service, endpoint, shares, durationNs }: Pick<ProfileSummary, 'service' | 'endpoint' | 'shares' | 'durationNs'>): void {
    for (const { kind, share } of shares) this.#find(service, endpoint, kind).ns += Math.round(share * durationNs);
  }

  samples(): Sample[] {
    return [...this.#sums.values()].map(({ labels, ns }) => ({ labels, value: ns }));
  }

  #find(service: string, endpoint: string, kind: string): { ns: number } {
    const known = this.#sums.get(`${service}\0${endpoint}\0${kind}`);
    if (known) return known;
    if (this.#sums.size < this.maxSeries) return this.#create(service, endpoint, kind);
    const folded = this.#sums.get(`${service}\0${OTHER}\0${kind}`);
    if (folded) return folded;
    // A few more for the folded ones: there are only so many kinds.
    const room = this.#sums.size < this.maxSeries + Math.ceil(this.maxSeries / 10);
    return room ? this.#create(service, OTHER, kind) : this.#sums.get(`${OTHER}\0${OTHER}\0${kind}`) ?? this.#create(OTHER, OTHER, kind);
  }

  #create(service: string, endpoint: string, kind: string): { ns: number } {
    const sum = { labels: { service, endpoint, kind }, ns: 0 };
    this.#sums.set(`${service}\0${endpoint}\0${kind}`, sum);
    return sum;
  }
}
