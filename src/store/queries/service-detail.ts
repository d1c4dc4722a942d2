/** GET /api/services/:name, from roll-ups. */
import type { ServiceDetail, TimeRange } from '../../server/api.js';
import { ERRORS, SLOW, type QueryContext } from './context.js';
import { HISTOGRAM_SUM, quantileOf, type HistogramRow } from './histograms.js';
import { ROLLUP_BUCKET, ROLLUP_RANGE, bucketParams, buckets, coveredSeconds, settledStarts, type Buckets } from './range.js';

/** An hour in minutes: answered from the roll-up of minutes. */
const COLUMNS = 60;
const MAX_ENDPOINTS = 200;
const MAX_PEERS = 50;

interface SeriesRow extends HistogramRow { role: string; t: number; c: string; errors: string; bytesIn: string; bytesOut: string }
interface LabelRow extends HistogramRow { role: string; protocol: string; endpoint: string; operation: string; service: string; peer_service: string; c: string; errors: string; slow: string; total: string }
type Labelled = LabelRow & { p50Ns: number; p95Ns: number; p99Ns: number };

/** A question costs the engine more than what it adds up here: so few, each with its histograms. */
export async function serviceDetail(context: QueryContext, range: TimeRange, service: string): Promise<ServiceDetail> {
  const b = buckets(range, COLUMNS);
  const [series, endpoints, peers, inside] = await Promise.all([
    seriesOf(context, b, range, service),
    labelled(context, b, 'role, protocol, endpoint, operation', 'service = {service:String}', service, `LIMIT ${MAX_ENDPOINTS}`),
    labelled(context, b, 'role, peer_service, protocol', 'service = {service:String}', service, `LIMIT ${MAX_PEERS} BY role`),
    labelled(context, b, 'service, protocol', `peer_service = {service:String} AND role = 'client'`, service, `LIMIT ${MAX_PEERS}`),
  ]);
  return {
    range, service, series, endpoints: endpoints.map(endpointRow), callers: callersOf(inside, peers.filter((r) => r.role === 'server')),
    callees: peers.filter((r) => r.role === 'client').map(peerRow),
  };
}

async function seriesOf(context: QueryContext, b: Buckets, range: TimeRange, service: string): Promise<ServiceDetail['series']> {
  const rows = await context.driver.query<SeriesRow>(
    `SELECT role, ${ROLLUP_BUCKET}, sum(count) AS c, ${ERRORS} AS errors, sum(request_bytes) AS bytesIn, sum(response_bytes) AS bytesOut, ${HISTOGRAM_SUM}
     FROM ${context.database}.${b.level.table} WHERE ${ROLLUP_RANGE} AND service = {service:String} GROUP BY role, t`, { params: { ...bucketParams(b), service } });
  const side = rows.some((r) => r.role === 'server') ? 'server' : 'client';
  const byTime = new Map(rows.filter((r) => r.role === side).map((r) => [Number(r.t), r]));
  return settledStarts(b, range).map((t) => {
    const row = byTime.get(t);
    const seconds = Math.max(1, coveredSeconds(b, range, t));
    const perSecond = (value: string | undefined): number => Number(value ?? 0) / seconds;
    const [p50Ns, p95Ns, p99Ns] = [0.5, 0.95, 0.99].map((q) => quantileOf(row, q));
    return { t: t * 1000, rate: perSecond(row?.c), errors: perSecond(row?.errors), p50Ns, p95Ns, p99Ns, bytesIn: perSecond(row?.bytesIn), bytesOut: perSecond(row?.bytesOut) };
  });
}

/** Totals and quantiles by some labels; most time first. */
async function labelled(context: QueryContext, b: Buckets, labels: string, condition: string, service: string, limit: string): Promise<Labelled[]> {
  const rows = await context.driver.query<LabelRow>(
    `SELECT ${labels}, sum(count) AS c, ${ERRORS} AS errors, ${SLOW} AS slow, sum(duration_sum_ns) AS total, ${HISTOGRAM_SUM}
     FROM ${context.database}.${b.level.table} WHERE ${ROLLUP_RANGE} AND ${condition} GROUP BY ${labels} ORDER BY total DESC ${limit}`, { params: { ...bucketParams(b), service } });
  return rows.map((r) => ({ ...r, p50Ns: quantileOf(r, 0.5), p95Ns: quantileOf(r, 0.95), p99Ns: quantileOf(r, 0.99) }));
}

function endpointRow(r: Labelled): ServiceDetail['endpoints'][number] {
  return {
    role: r.role, protocol: r.protocol, endpoint: r.endpoint, operation: r.operation, count: Number(r.c), errors: Number(r.errors), slow: Number(r.slow),
    p50Ns: r.p50Ns, p95Ns: r.p95Ns, p99Ns: r.p99Ns, totalNs: Number(r.total),
  };
}

const peerRow = (r: Labelled): ServiceDetail['callees'][number] =>
  ({ service: r.peer_service, protocol: r.protocol, count: Number(r.c), errors: Number(r.errors), p95Ns: r.p95Ns });

/** As the traced callers see it, and callers that are not traced as the service itself sees them. */
function callersOf(inside: Labelled[], outside: Labelled[]): ServiceDetail['callers'] {
  const callers = new Map(inside.map((r) => [`${r.service} ${r.protocol}`, { ...peerRow(r), service: r.service }]));
  for (const row of outside.map(peerRow)) if (!callers.has(`${row.service} ${row.protocol}`)) callers.set(`${row.service} ${row.protocol}`, row);
  return [...callers.values()];
}
