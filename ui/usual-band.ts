/** Fewer points say nothing about what is usual. */
const FEWEST = 8;
/** Beyond these shares of the points lies the unusual. */
const LOW = 0.1;
const HIGH = 0.9;

/** Between which values a series mostly is; null when there is too little of it. */
export function usualBand(values: readonly number[]): { low: number; high: number } | null {
  if (values.length < FEWEST) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))];
  return { low: at(LOW), high: at(HIGH) };
}
