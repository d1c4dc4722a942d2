/** GET /api/overview: services with rate, errors, quantiles, sparkline and dependencies, from roll-ups alone. */
import type { Overview, ServiceRow, TimeRange } from '../../server/api.js';
import type { Filter } from '../filter/filter.js';
import { filterToSql } from '../filter/to-sql.js';
import { ERRORS, SLOW, ignoredNote, type QueryContext } from './context.js';
import { HISTOGRAM_JOIN, Histograms } from './histograms.js';
import { ROLLUP_BUCKET, ROLLUP_RANGE, bucketParams, buckets, coveredSeconds, settledStarts, type Buckets } from './range.js';

const SPARK_COLUMNS = 60;
const MAX_DEPENDENCIES = 12;

export interface CountRow { service: string; role: 'server' | 'client'; t: number; protocols: string[]; c: string; errors: string; slow: string }
export interface BucketRow { service: string; role: string; t: number; buckets: number[]; counts: string[] }
export interface EdgeRow { service: string; peer: string; protocol: string; c: string; errors: string; total: string }

export async function overview(context: QueryContext, range: TimeRange, filter: Filter): Promise<Overview> {
  const b = buckets(range, SPARK_COLUMNS);
  const where = filterToSql(filter, 'rollup');
  const options = { params: { ...bucketParams(b), ...where.params } };
  const from = `FROM ${context.database}.${b.level.table}`;
  const condition = `WHERE ${ROLLUP_RANGE} AND ${where.sql}`;
  const [counts, histogram, edges] = await Promise.all([
    context.driver.query<CountRow>(
      `SELECT service, role, ${ROLLUP_BUCKET}, groupUniqArray(16)(protocol) AS protocols, sum(count) AS c, ${ERRORS} AS errors, ${SLOW} AS slow ${from} ${condition} GROUP BY service, role, t`, options),
    context.driver.query<BucketRow>(
      // One row a histogram: a row a bucket would be tens of thousands of objects to parse.
      `SELECT service, role, t, groupArray(bucket) AS buckets, groupArray(c) AS counts FROM (
       SELECT service, role, ${ROLLUP_BUCKET}, bucket, sum(bucket_count) AS c ${from} ${HISTOGRAM_JOIN} ${condition} GROUP BY service, role, t, bucket) GROUP BY service, role, t`, options),
    context.driver.query<EdgeRow>(
      `SELECT service, peer_service AS peer, protocol, sum(count) AS c, ${ERRORS} AS errors, sum(duration_sum_ns) AS total ${from} ${condition} AND role = 'client' GROUP BY service, peer, protocol ORDER BY total DESC`, options),
  ]);
  return overviewOf(range, b, counts, histogram, edges, ignoredNote(where));
}

/** @param edges most time first */
export function overviewOf(range: TimeRange, b: Buckets, counts: CountRow[], histogram: BucketRow[], edges: EdgeRow[], notes: string[]): Overview {
  const services = serviceRows(b, range, counts, histogram);
  for (const row of services) row.dependencies = dependenciesOf(row.service, edges);
  return { range, sentence: sentenceOf(services), services, notes };
}

function serviceRows(b: Buckets, range: TimeRange, counts: CountRow[], histogram: BucketRow[]): ServiceRow[] {
  const answering = new Set(counts.filter((r) => r.role === 'server').map((r) => r.service));
  const side = (service: string): string => (answering.has(service) ? 'server' : 'client');
  const totals = new Histograms();
  const byTime = new Histograms();
  for (const row of histogram) {
    if (row.role !== side(row.service)) continue;
    row.buckets.forEach((bucket, i) => {
      totals.add(row.service, bucket, Number(row.counts[i]));
      byTime.add(`${row.t} ${row.service}`, bucket, Number(row.counts[i]));
    });
  }
  const rows = new Map<string, ServiceRow>();
  for (const row of counts) {
    if (row.role !== side(row.service)) continue;
    let service = rows.get(row.service);
    if (service === undefined) rows.set(row.service, service = emptyRow(row, settledStarts(b, range)));
    addCounts(service, row, b, range, byTime);
  }
  const seconds = Math.max(1, (range.to - range.from) / 1000);
  for (const row of rows.values()) {
    row.rate = row.count / seconds;
    row.p50Ns = totals.quantile(row.service, 0.5);
    row.p95Ns = totals.quantile(row.service, 0.95);
    row.p99Ns = totals.quantile(row.service, 0.99);
  }
  return [...rows.values()].sort((a, z) => z.count - a.count);
}

function emptyRow({ service, role }: CountRow, starts: readonly number[]): ServiceRow {
  return {
    service, role, protocols: [], rate: 0, count: 0, errors: 0, slow: 0, p50Ns: 0, p95Ns: 0, p99Ns: 0, dependencies: [],
    spark: starts.map((t) => ({ t: t * 1000, rate: 0, errors: 0, p95Ns: 0 })),
  };
}

function addCounts(service: ServiceRow, row: CountRow, b: Buckets, range: TimeRange, byTime: Histograms): void {
  const count = Number(row.c);
  service.count += count;
  service.errors += Number(row.errors);
  service.slow += Number(row.slow);
  service.protocols = [...new Set([...service.protocols, ...row.protocols])].sort();
  const point = service.spark[(Number(row.t) - b.from) / b.step];
  if (point === undefined) return;
  const seconds = Math.max(1, coveredSeconds(b, range, Number(row.t)));
  point.rate += count / seconds;
  point.errors += Number(row.errors) / seconds;
  point.p95Ns = byTime.quantile(`${row.t} ${row.service}`, 0.95);
}

function dependenciesOf(service: string, edges: EdgeRow[]): ServiceRow['dependencies'] {
  return edges.filter((e) => e.service === service).slice(0, MAX_DEPENDENCIES)
    .map((e) => ({ service: e.peer, protocol: e.protocol, count: Number(e.c), errors: Number(e.errors), totalNs: Number(e.total) }));
}

/** What one should know first. Nothing is guessed: it says what the counts say. */
function sentenceOf(services: ServiceRow[]): string {
  if (services.length === 0) return 'No requests in this time range.';
  const many = services.length === 1 ? '1 service' : `${services.length} services`;
  const failing = services.filter((s) => s.errors > 0).sort((a, z) => z.errors / z.count - a.errors / a.count);
  const slow = services.filter((s) => s.slow > 0).sort((a, z) => z.slow - a.slow);
  const parts: string[] = [];
  if (failing.length > 0) {
    const [worst] = failing;
    parts.push(`${failing.length} of ${many} answered with errors, ${worst.service} most (${percent(worst.errors / worst.count)} of its requests)`);
  }
  if (slow.length > 0) parts.push(`${slow.length === 1 ? slow[0].service : `${slow.length} services, ${slow[0].service} most,`} had slow requests (${slow.reduce((n, s) => n + s.slow, 0)})`);
  if (parts.length === 0) return `All well: ${many}, no errors and no slow requests.`;
  return `${parts.join('; ')}.`;
}

function percent(share: number): string {
  return share < 0.001 ? '<0.1 %' : `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
}
