/** GET /api/services/:name from the roll-ups in memory. */
import type { RollupRow } from '../requests/rollup.js';
import type { ServiceDetail, TimeRange } from '../server/api.js';
import { coveredSeconds, settledStarts, type Buckets } from '../store/queries/range.js';
import { RollupSum, sumRollups } from './recent-rollups.js';

const MAX_ENDPOINTS = 200;
const MAX_PEERS = 50;

export function memoryServiceDetail(range: TimeRange, b: Buckets, service: string, rows: readonly RollupRow[]): ServiceDetail {
  const own = rows.filter((row) => row.service === service);
  return {
    range, service, series: seriesOf(own, b, range), endpoints: endpointsOf(own),
    callers: callersOf(service, rows),
    callees: peersOf(own.filter((row) => row.role === 'client'), (row) => row.peerService),
  };
}

function seriesOf(own: readonly RollupRow[], b: Buckets, range: TimeRange): ServiceDetail['series'] {
  const side = own.some((row) => row.role === 'server') ? 'server' : 'client';
  const byTime = sumRollups(own.filter((row) => row.role === side), (row) => Math.floor(row.time / b.step) * b.step);
  return settledStarts(b, range).map((t) => {
    const sum = byTime.get(t);
    const seconds = Math.max(1, coveredSeconds(b, range, t));
    return {
      t: t * 1000, rate: (sum?.count ?? 0) / seconds, errors: (sum?.errors ?? 0) / seconds,
      ...(sum?.quantiles() ?? { p50Ns: 0, p95Ns: 0, p99Ns: 0 }),
      bytesIn: (sum?.requestBytes ?? 0) / seconds, bytesOut: (sum?.responseBytes ?? 0) / seconds,
    };
  });
}

function mostTimeFirst(sums: Map<string | number, RollupSum>, limit: number): RollupSum[] {
  return [...sums.values()].sort((a, b) => b.totalNs - a.totalNs).slice(0, limit);
}

function endpointsOf(own: readonly RollupRow[]): ServiceDetail['endpoints'] {
  const sums = sumRollups(own, (row) => `${row.role}\0${row.protocol}\0${row.endpoint}\0${row.operation}`);
  return mostTimeFirst(sums, MAX_ENDPOINTS).map((sum) => ({
    role: sum.of.role, protocol: sum.of.protocol, endpoint: sum.of.endpoint, operation: sum.of.operation,
    count: sum.count, errors: sum.errors, slow: sum.slow, totalNs: sum.totalNs, ...sum.quantiles(),
  }));
}

function peersOf(rows: readonly RollupRow[], nameOf: (row: RollupRow) => string): ServiceDetail['callees'] {
  return mostTimeFirst(sumRollups(rows, (row) => `${nameOf(row)}\0${row.protocol}`), MAX_PEERS)
    .map((sum) => ({ service: nameOf(sum.of), protocol: sum.of.protocol, count: sum.count, errors: sum.errors, p95Ns: sum.quantile(0.95) }));
}

/** As the traced callers see it, and callers that are not traced as the service itself sees them. */
function callersOf(service: string, rows: readonly RollupRow[]): ServiceDetail['callers'] {
  const inside = peersOf(rows.filter((row) => row.role === 'client' && row.peerService === service), (row) => row.service);
  const known = new Set(inside.map((caller) => `${caller.service}\0${caller.protocol}`));
  const outside = peersOf(rows.filter((row) => row.role === 'server' && row.service === service), (row) => row.peerService);
  return [...inside, ...outside.filter((caller) => !known.has(`${caller.service}\0${caller.protocol}`))];
}
