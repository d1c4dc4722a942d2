/** GET /api/services/:name, from roll-ups. */
import type { ServiceDetail, TimeRange } from '../../server/api.js';
import { ERRORS, SLOW, type QueryContext } from './context.js';
import { HISTOGRAM_JOIN, Histograms } from './histograms.js';
import { ROLLUP_BUCKET, ROLLUP_RANGE, bucketParams, buckets, coveredSeconds, settledStarts, type Buckets } from './range.js';

/** An hour in minutes: answered from the roll-up of minutes. */
const COLUMNS = 60;
const MAX_ENDPOINTS = 200;
const MAX_PEERS = 50;

interface SeriesRow { role: string; t: number; c: string; errors: string; bytesIn: string; bytesOut: string }
interface LabelRow { key: string; role: string; protocol: string; endpoint: string; operation: string; service: string; c: string; errors: string; slow: string; total: string }
interface BucketRow { key: string; bucket: number; c: string }

export async function serviceDetail(context: QueryContext, range: TimeRange, service: string): Promise<ServiceDetail> {
  const b = buckets(range, COLUMNS);
  const [series, endpoints, callers, callees] = await Promise.all([
    seriesOf(context, b, range, service),
    labelled(context, b, 'role, protocol, endpoint, operation', 'service = {service:String}', service, MAX_ENDPOINTS),
    callersOf(context, b, service),
    labelled(context, b, 'peer_service, protocol', `service = {service:String} AND role = 'client'`, service, MAX_PEERS),
  ]);
  return { range, service, series, endpoints: endpoints.map(endpointRow), callers, callees: callees.map(peerRow) };
}

async function seriesOf(context: QueryContext, b: Buckets, range: TimeRange, service: string): Promise<ServiceDetail['series']> {
  const options = { params: { ...bucketParams(b), service } };
  const from = `FROM ${context.database}.${b.level.table}`;
  const condition = `WHERE ${ROLLUP_RANGE} AND service = {service:String}`;
  const [counts, histogram] = await Promise.all([
    context.driver.query<SeriesRow>(
      `SELECT role, ${ROLLUP_BUCKET}, sum(count) AS c, ${ERRORS} AS errors, sum(request_bytes) AS bytesIn, sum(response_bytes) AS bytesOut ${from} ${condition} GROUP BY role, t`, options),
    context.driver.query<BucketRow & { t: number; role: string }>(
      `SELECT role, ${ROLLUP_BUCKET}, bucket, sum(bucket_count) AS c ${from} ${HISTOGRAM_JOIN} ${condition} GROUP BY role, t, bucket`, options),
  ]);
  const side = counts.some((r) => r.role === 'server') ? 'server' : 'client';
  const histograms = new Histograms();
  for (const row of histogram) if (row.role === side) histograms.add(String(row.t), row.bucket, Number(row.c));
  const byTime = new Map(counts.filter((r) => r.role === side).map((r) => [Number(r.t), r]));
  return settledStarts(b, range).map((t) => {
    const row = byTime.get(t);
    const seconds = Math.max(1, coveredSeconds(b, range, t));
    const perSecond = (value: string | undefined): number => Number(value ?? 0) / seconds;
    const [p50Ns, p95Ns, p99Ns] = [0.5, 0.95, 0.99].map((q) => histograms.quantile(String(t), q));
    return { t: t * 1000, rate: perSecond(row?.c), errors: perSecond(row?.errors), p50Ns, p95Ns, p99Ns, bytesIn: perSecond(row?.bytesIn), bytesOut: perSecond(row?.bytesOut) };
  });
}

type Labelled = LabelRow & { p50Ns: number; p95Ns: number; p99Ns: number };

/** Totals and quantiles by some labels; most time first. */
async function labelled(context: QueryContext, b: Buckets, labels: string, condition: string, service: string, limit: number): Promise<Labelled[]> {
  const options = { params: { ...bucketParams(b), service } };
  const from = `FROM ${context.database}.${b.level.table}`;
  const where = `WHERE ${ROLLUP_RANGE} AND ${condition}`;
  const key = `toString(tuple(${labels})) AS key`;
  const [rows, buckets] = await Promise.all([
    context.driver.query<LabelRow>(
      `SELECT ${labels}, ${key}, sum(count) AS c, ${ERRORS} AS errors, ${SLOW} AS slow, sum(duration_sum_ns) AS total ${from} ${where} GROUP BY ${labels} ORDER BY total DESC LIMIT ${limit}`, options),
    context.driver.query<BucketRow>(`SELECT ${key}, bucket, sum(bucket_count) AS c ${from} ${HISTOGRAM_JOIN} ${where} GROUP BY ${labels}, bucket`, options),
  ]);
  const histograms = new Histograms();
  for (const row of buckets) histograms.add(row.key, row.bucket, Number(row.c));
  return rows.map((r) => ({ ...r, p50Ns: histograms.quantile(r.key, 0.5), p95Ns: histograms.quantile(r.key, 0.95), p99Ns: histograms.quantile(r.key, 0.99) }));
}

function endpointRow(r: Labelled): ServiceDetail['endpoints'][number] {
  return {
    role: r.role, protocol: r.protocol, endpoint: r.endpoint, operation: r.operation, count: Number(r.c), errors: Number(r.errors), slow: Number(r.slow),
    p50Ns: r.p50Ns, p95Ns: r.p95Ns, p99Ns: r.p99Ns, totalNs: Number(r.total),
  };
}

const peerRow = (r: Labelled): ServiceDetail['callees'][number] =>
  ({ service: (r as unknown as { peer_service: string }).peer_service, protocol: r.protocol, count: Number(r.c), errors: Number(r.errors), p95Ns: r.p95Ns });

/** As the traced callers see it, and callers that are not traced as the service itself sees them. */
async function callersOf(context: QueryContext, b: Buckets, service: string): Promise<ServiceDetail['callers']> {
  const [outside, inside] = await Promise.all([
    labelled(context, b, 'peer_service, protocol', `service = {service:String} AND role = 'server'`, service, MAX_PEERS),
    labelled(context, b, 'service, protocol', `peer_service = {service:String} AND role = 'client'`, service, MAX_PEERS),
  ]);
  const callers = new Map(inside.map((r) => [`${r.service} ${r.protocol}`, { ...peerRow(r), service: r.service }]));
  for (const row of outside.map(peerRow)) if (!callers.has(`${row.service} ${row.protocol}`)) callers.set(`${row.service} ${row.protocol}`, row);
  return [...callers.values()];
}
