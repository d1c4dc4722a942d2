/** The loaded rows by endpoint, peer or status. */
import type { RequestSummary } from '../src/server/api.js';

export const GROUPINGS = ['endpoint', 'peer', 'status'] as const;
export type Grouping = (typeof GROUPINGS)[number];

export interface RequestGroup {
  value: string;
  /** Requests the rows stand for. */
  count: number;
  errors: number;
  p50Ns: number;
  p95Ns: number;
  maxNs: number;
  totalNs: number;
}

const VALUE: Record<Grouping, (row: RequestSummary) => string> = {
  endpoint: (row) => row.endpoint, peer: (row) => row.peerService, status: (row) => row.status,
};

function quantile(sorted: readonly number[], q: number): number {
  return sorted[Math.min(sorted.length - 1, Math.ceil(q * sorted.length) - 1)] ?? NaN;
}

/** Most time first: that is where looking pays. */
export function groupRows(rows: readonly RequestSummary[], by: Grouping): RequestGroup[] {
  const groups = new Map<string, RequestSummary[]>();
  for (const row of rows) {
    const value = VALUE[by](row);
    const members = groups.get(value);
    if (members) members.push(row);
    else groups.set(value, [row]);
  }
  return [...groups].map(([value, members]) => {
    const durations = members.map((row) => row.durationNs).sort((a, b) => a - b);
    return {
      value, p50Ns: quantile(durations, 0.5), p95Ns: quantile(durations, 0.95), maxNs: durations[durations.length - 1],
      count: members.reduce((sum, row) => sum + row.weight, 0),
      errors: members.reduce((sum, row) => sum + (row.error === 'none' ? 0 : row.weight), 0),
      totalNs: members.reduce((sum, row) => sum + row.durationNs * row.weight, 0),
    };
  }).sort((a, b) => b.totalNs - a.totalNs);
}
