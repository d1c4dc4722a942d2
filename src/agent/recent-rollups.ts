/** The roll-ups of the last minutes in memory: exact counts for charts when there is no store. */
import { DURATION_BUCKETS, durationQuantile } from '../requests/duration-buckets.js';
import type { RollupRow } from '../requests/rollup.js';

/** A row is about half a kilobyte. */
const MAX_ROWS = 20_000;
const KEPT_SECONDS = 15 * 60;

export class RecentRollups {
  private rows: RollupRow[] = [];

  /** Addresses at which a traced process answers. */
  get tracedServers(): ReadonlySet<string> {
    return new Set(this.rows.filter((row) => row.role === 'server').map((row) => row.serverAddress));
  }

  add(rows: readonly RollupRow[]): void {
    if (rows.length === 0) return;
    this.rows.push(...rows);
    const oldest = rows[rows.length - 1].time - KEPT_SECONDS;
    const excess = this.rows.length - MAX_ROWS;
    let drop = 0;
    while (drop < this.rows.length && (drop < excess || this.rows[drop].time < oldest)) drop++;
    if (drop > 0) this.rows.splice(0, drop);
  }

  get oldestMs(): number | null {
    return this.rows.length === 0 ? null : this.rows[0].time * 1000;
  }

  /** Unix seconds, `to` excluded. */
  between(from: number, to: number): RollupRow[] {
    return this.rows.filter((row) => row.time >= from && row.time < to);
  }
}

/** What the rows of one key say together. */
export class RollupSum {
  count = 0;
  errors = 0;
  slow = 0;
  totalNs = 0;
  requestBytes = 0;
  responseBytes = 0;
  private readonly histogram = new Float64Array(DURATION_BUCKETS);

  /** @param of the first of them: its labels hold for all, as far as the key names them */
  constructor(readonly of: RollupRow) {}

  add(row: RollupRow): void {
    this.count += row.count;
    if (row.error !== 'none') this.errors += row.count;
    if (row.slow) this.slow += row.count;
    this.totalNs += row.durationSumNs;
    this.requestBytes += row.requestBytes;
    this.responseBytes += row.responseBytes;
    for (let i = 0; i < row.histogram.length; i++) this.histogram[i] += row.histogram[i];
  }

  quantile(share: number): number {
    return Math.round(durationQuantile(this.histogram, share)) || 0;
  }

  quantiles(): { p50Ns: number; p95Ns: number; p99Ns: number } {
    return { p50Ns: this.quantile(0.5), p95Ns: this.quantile(0.95), p99Ns: this.quantile(0.99) };
  }
}

export function sumRollups(rows: readonly RollupRow[], keyOf: (row: RollupRow) => string | number): Map<string | number, RollupSum> {
  const sums = new Map<string | number, RollupSum>();
  for (const row of rows) {
    const key = keyOf(row);
    let sum = sums.get(key);
    if (!sum) sums.set(key, (sum = new RollupSum(row)));
    sum.add(row);
  }
  return sums;
}
