/** Medians and ratios of repeated runs. Single runs on a shared machine carry some 30 %; medians of interleaved ones much less. */

export function median(values: number[]): number {
  return quantile(values, 0.5);
}

/** By linear interpolation; NaN for no values. */
export function quantile(values: number[], q: number): number {
  if (values.length === 0) return Number.NaN;
  const sorted = [...values].sort((a, b) => a - b);
  const position = (sorted.length - 1) * q;
  const lower = Math.floor(position);
  const upper = Math.ceil(position);
  return sorted[lower] + (sorted[upper] - sorted[lower]) * (position - lower);
}

/** Ratios of runs of the same round, so that what disturbed a round disturbs both sides of its ratio. */
export function medianRatio(numerators: number[], denominators: number[]): number {
  const rounds = Math.min(numerators.length, denominators.length);
  return median(Array.from({ length: rounds }, (_, round) => numerators[round] / denominators[round]));
}

/** Half of the distance between the extremes, relative to the median. */
export function spread(values: number[]): number {
  return (Math.max(...values) - Math.min(...values)) / 2 / median(values);
}
