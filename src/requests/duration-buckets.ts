/**
 * The one histogram of durations: upper bounds in nanoseconds. Steps of about 1.26 (a quantile is right to about 12 %),
 * and every bound of the 0.9 metrics (10, 25, 50, 80, 130, ... 30,000 ms) is one of them, so that roll-ups, page and
 * Prometheus read the same counts. The last bucket is open.
 */
const US = 1e3;
const MS = 1e6;
const SECOND = 1e9;
const DECADE = [1, 1.3, 1.6, 2, 2.5, 3.2, 4, 5, 6.3, 8];

function bounds(): number[] {
  const all: number[] = [];
  for (const unit of [US, 10 * US, 100 * US, MS, 10 * MS]) for (const step of DECADE) all.push(Math.round(step * unit));
  all.push(
    100 * MS, 130 * MS, 160 * MS, 200 * MS, 250 * MS, 300 * MS, 400 * MS, 500 * MS, 600 * MS, 700 * MS, 850 * MS,
    SECOND, 1.25 * SECOND, 1.5 * SECOND, 2 * SECOND, 2.5 * SECOND, 3.2 * SECOND, 4 * SECOND, 5 * SECOND, 6.3 * SECOND, 8 * SECOND,
    10 * SECOND, 13 * SECOND, 16 * SECOND, 20 * SECOND, 25 * SECOND, 30 * SECOND, 40 * SECOND, 60 * SECOND, 90 * SECOND, 120 * SECOND,
  );
  return all;
}

export const DURATION_BOUNDS_NS: readonly number[] = bounds();
/** Including the open one at the end. */
export const DURATION_BUCKETS = DURATION_BOUNDS_NS.length + 1;

/** Index of the first bound that is >= the duration; the open bucket's index beyond the last. */
export function durationBucket(durationNs: number): number {
  let low = 0;
  let high = DURATION_BOUNDS_NS.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (DURATION_BOUNDS_NS[middle] < durationNs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Quantile (0..1) of bucket counts, in ns, interpolated on the logarithm within the bucket; NaN when empty. */
export function durationQuantile(counts: ArrayLike<number>, quantile: number): number {
  let total = 0;
  for (let i = 0; i < counts.length; i++) total += counts[i];
  if (total === 0) return NaN;
  const rank = quantile * total;
  let before = 0;
  for (let i = 0; i < counts.length; i++) {
    if (counts[i] > 0 && before + counts[i] >= rank) {
      const upper = DURATION_BOUNDS_NS[Math.min(i, DURATION_BOUNDS_NS.length - 1)];
      const lower = i === 0 ? upper / 2 : DURATION_BOUNDS_NS[i - 1];
      const share = Math.min(1, Math.max(0, (rank - before) / counts[i]));
      return lower * Math.pow(upper / lower, share);
    }
    before += counts[i];
  }
  return DURATION_BOUNDS_NS[DURATION_BOUNDS_NS.length - 1];
}
