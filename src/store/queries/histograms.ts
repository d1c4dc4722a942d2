/** Merging sparse histograms that came back as rows of (key, bucket, count). */
import { DURATION_BUCKETS, durationQuantile } from '../../requests/duration-buckets.js';

export class Histograms {
  private readonly byKey = new Map<string, Float64Array>();

  add(key: string, bucket: number, count: number): void {
    let counts = this.byKey.get(key);
    if (counts === undefined) this.byKey.set(key, counts = new Float64Array(DURATION_BUCKETS));
    if (bucket < counts.length) counts[bucket] += count;
  }

  /** ns; 0 when there is nothing. */
  quantile(key: string, q: number): number {
    const counts = this.byKey.get(key);
    return counts === undefined ? 0 : Math.round(durationQuantile(counts, q)) || 0;
  }
}

/** In the SELECT of roll-ups: one row a bucket. */
export const HISTOGRAM_JOIN = 'ARRAY JOIN histogram.1 AS bucket, histogram.2 AS bucket_count';
