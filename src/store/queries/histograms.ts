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

/** In the SELECT of roll-ups: a row's histogram, merged. For few keys; HISTOGRAM_JOIN for many. */
export const HISTOGRAM_SUM = 'sumMap(histogram.1, histogram.2) AS merged, merged.1 AS buckets, merged.2 AS counts';
export interface HistogramRow { buckets: number[]; counts: string[] }

/** ns; 0 when there is nothing. */
export function quantileOf(row: HistogramRow | undefined, q: number): number {
  if (row === undefined) return 0;
  const counts = new Float64Array(DURATION_BUCKETS);
  row.buckets.forEach((bucket, i) => { if (bucket < counts.length) counts[bucket] += Number(row.counts[i]); });
  return Math.round(durationQuantile(counts, q)) || 0;
}
