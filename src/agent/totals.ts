/** What a run saw, added up from the roll-ups: what `run` prints at its end. */
import { DURATION_BUCKETS, durationQuantile } from '../requests/duration-buckets.js';
import type { RollupRow } from '../requests/rollup.js';

export interface EndpointTotals {
  role: 'server' | 'client';
  protocol: string;
  service: string;
  endpoint: string;
  count: number;
  errors: number;
  slow: number;
  totalNs: number;
  maxNs: number;
  p50Ns: number;
  p95Ns: number;
  p99Ns: number;
}

interface Sum extends Pick<EndpointTotals, 'role' | 'protocol' | 'service' | 'endpoint' | 'count' | 'errors' | 'slow' | 'totalNs' | 'maxNs'> {
  histogram: Float64Array;
}

/** Endpoints kept apart; the rest is one line. */
const MAX_ENDPOINTS = 2_000;

export class Totals {
  requests = 0;
  errors = 0;
  slow = 0;
  private readonly sums = new Map<string, Sum>();

  add(rows: readonly RollupRow[]): void {
    for (const row of rows) {
      const failed = row.error === 'none' ? 0 : row.count;
      const sum = this.find(row);
      this.requests += row.count;
      this.errors += failed;
      sum.count += row.count;
      sum.errors += failed;
      if (row.slow) {
        this.slow += row.count;
        sum.slow += row.count;
      }
      sum.totalNs += row.durationSumNs;
      sum.maxNs = Math.max(sum.maxNs, row.durationMaxNs);
      for (let i = 0; i < row.histogram.length; i++) sum.histogram[i] += row.histogram[i];
    }
  }

  /** Most time first. */
  endpoints(): EndpointTotals[] {
    return [...this.sums.values()].sort((a, b) => b.totalNs - a.totalNs).map(({ histogram, ...sum }) => {
      // Within its bucket a quantile is interpolated: it must not come out above what was measured.
      const quantile = (share: number): number => Math.min(sum.maxNs, durationQuantile(histogram, share));
      return { ...sum, p50Ns: quantile(0.5), p95Ns: quantile(0.95), p99Ns: quantile(0.99) };
    });
  }

  private find(row: RollupRow): Sum {
    const full = this.sums.size >= MAX_ENDPOINTS;
    const key = `${row.role}\0${row.protocol}\0${row.service}\0${row.endpoint}`;
    const known = this.sums.get(key);
    if (known) return known;
    const labels = full ? { service: '~other', endpoint: '~other' } : { service: row.service, endpoint: row.endpoint };
    const finalKey = full ? `${row.role}\0${row.protocol}\0~other` : key;
    const existing = this.sums.get(finalKey);
    if (existing) return existing;
    const sum: Sum = {
      role: row.role, protocol: row.protocol, ...labels, count: 0, errors: 0, slow: 0, totalNs: 0, maxNs: 0, histogram: new Float64Array(DURATION_BUCKETS),
    };
    this.sums.set(finalKey, sum);
    return sum;
  }
}
