/** GET /api/requests/:id: one request and what stands around it. Every query is bounded in time. */
import type { Payload, RequestDetail, RequestSummary } from '../../server/api.js';
import { durationQuantile, DURATION_BUCKETS } from '../../requests/duration-buckets.js';
import type { SqlValue } from '../driver.js';
import { PAYLOAD_SELECT, SUMMARY_SELECT, decodeSummary, type SqlRow } from '../row-decoder.js';
import type { QueryContext } from './context.js';
import { HISTOGRAM_JOIN } from './histograms.js';

const NEIGHBOURS = 10;
const MAX_CALLS = 200;
const HOUR_NS = 3600n * 1_000_000_000n;
/** How far apart the two ends' clocks and system calls may put the same moment. */
const ENDS_APART_NS = 5_000_000n;
/** Requests that began longer before than this are few, and many more rows would have to be read for them. */
const CONCURRENT_SINCE_NS = 10n * 1_000_000_000n;
const LONGEST_NS = 120n * 1_000_000_000n;

export async function requestDetail(context: QueryContext, id: string): Promise<RequestDetail | null> {
  const found = await requestById(context, id);
  if (found === null) return null;
  const { request } = found;
  const [otherEnd, calls, concurrent, earlier, later, usual] = await Promise.all([
    otherEndOf(context, request), callsOf(context, request), concurrentOf(context, request), neighbours(context, request, 'earlier'), neighbours(context, request, 'later'), usualOf(context, request),
  ]);
  return { ...found, otherEnd, calls, concurrent, earlier, later, usual };
}

export async function requestById(context: QueryContext, id: string): Promise<Pick<RequestDetail, 'request' | 'requestPayload' | 'responsePayload'> | null> {
  if (!/^[0-9a-f]{16}$/.test(id)) return null;
  // Slow and failed ones are kept longer in their own table.
  for (const table of ['requests', 'requests_abnormal']) {
    const [row] = await context.driver.query<SqlRow>(
      `SELECT ${SUMMARY_SELECT}, ${PAYLOAD_SELECT} FROM ${context.database}.${table} WHERE id = {id:UInt64} LIMIT 1`, { params: { id: BigInt(`0x${id}`) } });
    if (row === undefined) continue;
    const request = decodeSummary(row);
    return { request, requestPayload: payload(row.request_payload_base64, request.requestBytes), responsePayload: payload(row.response_payload_base64, request.responseBytes) };
  }
  return null;
}

const payload = (base64: SqlRow[string], totalBytes: number): Payload | null => (base64 === null ? null : { base64: String(base64), totalBytes });

async function summaries(context: QueryContext, sql: string, params: Record<string, SqlValue>): Promise<RequestSummary[]> {
  const rows = await context.driver.query<SqlRow>(`SELECT ${SUMMARY_SELECT} FROM ${context.database}.requests WHERE ${sql}`, { params });
  return rows.map(decodeSummary);
}

const BETWEEN = 'start >= fromUnixTimestamp64Nano({from:Int64}) AND start <= fromUnixTimestamp64Nano({to:Int64})';

/** Same two addresses, other role, around the same time; of several (pipelining) the one that starts closest. */
export async function otherEndOf(context: QueryContext, request: RequestSummary): Promise<RequestSummary | null> {
  const start = BigInt(request.start);
  const end = start + BigInt(Math.round(request.durationNs));
  const client = request.role === 'client';
  const [other] = await summaries(context,
    `${BETWEEN} AND role = {role:String} AND client = {client:String} AND server = {server:String} AND protocol = {protocol:String}
     ORDER BY abs(toUnixTimestamp64Nano(start) - {start:Int64}) LIMIT 1`,
    {
      from: start - (client ? ENDS_APART_NS : LONGEST_NS), to: client ? end + ENDS_APART_NS : start + ENDS_APART_NS, start,
      role: client ? 'server' : 'client', client: request.client, server: request.server, protocol: request.protocol,
    });
  return other ?? null;
}

/** What the process that answers this request asked of others meanwhile. */
export async function callsOf(context: QueryContext, request: RequestSummary): Promise<RequestSummary[]> {
  if (request.role !== 'server') return [];
  const start = BigInt(request.start);
  // Of very many the longest: they are what it may have waited for.
  const calls = await summaries(context, `${BETWEEN} AND role = 'client' AND pid = {pid:UInt32} ORDER BY duration_ns DESC LIMIT ${MAX_CALLS}`,
    { from: start, to: start + BigInt(Math.round(request.durationNs)), pid: request.pid });
  return calls.sort((a, b) => Number(BigInt(a.start) - BigInt(b.start)));
}

/** What else the same thread was answering: with none, the calls are its own; an event loop has many. Rows stand for `weight` requests. */
export async function concurrentOf(context: QueryContext, request: RequestSummary): Promise<number> {
  if (request.role !== 'server') return 0;
  const start = BigInt(request.start);
  const end = start + BigInt(Math.round(request.durationNs));
  const [row] = await context.driver.query<{ c: string }>(
    `SELECT round(sum(weight)) AS c FROM ${context.database}.requests WHERE ${BETWEEN} AND role = 'server' AND pid = {pid:UInt32} AND request_tid = {tid:UInt32}
     AND id != {id:UInt64} AND toUnixTimestamp64Nano(start) + duration_ns > {start:Int64}`,
    { params: { from: start - CONCURRENT_SINCE_NS, to: end, start, pid: request.pid, tid: request.requestTid, id: BigInt(`0x${request.id}`) } });
  return Number(row?.c ?? 0);
}

/** Requests of the same connection just before or after, oldest first. */
export async function neighbours(context: QueryContext, request: RequestSummary, which: 'earlier' | 'later'): Promise<RequestSummary[]> {
  const start = BigInt(request.start);
  const earlier = which === 'earlier';
  const direction = earlier ? 'DESC' : 'ASC';
  const found = await summaries(context,
    `${BETWEEN} AND connection_id = {connection:UInt64} AND role = {role:String} AND id != {id:UInt64} ORDER BY start ${direction}, id ${direction} LIMIT ${NEIGHBOURS}`,
    {
      from: earlier ? start - HOUR_NS : start + 1n, to: earlier ? start : start + HOUR_NS,
      connection: request.connectionId, role: request.role, id: BigInt(`0x${request.id}`),
    });
  return earlier ? found.reverse() : found;
}

/** The endpoint's durations in the hour around the request. */
export async function usualOf(context: QueryContext, request: RequestSummary): Promise<RequestDetail['usual']> {
  const seconds = Math.floor(Number(BigInt(request.start) / 1_000_000_000n));
  const rows = await context.driver.query<{ bucket: number; c: string }>(
    `SELECT bucket, sum(bucket_count) AS c FROM ${context.database}.rollup_1m ${HISTOGRAM_JOIN}
     WHERE time >= toDateTime({from:UInt32}) AND time < toDateTime({to:UInt32}) AND service = {service:String} AND role = {role:String}
     AND protocol = {protocol:String} AND endpoint = {endpoint:String} AND operation = {operation:String} GROUP BY bucket`,
    {
      params: {
        from: seconds - 1800, to: seconds + 1800, service: request.service, role: request.role,
        protocol: request.protocol, endpoint: request.endpoint, operation: request.operation,
      },
    });
  const counts = new Float64Array(DURATION_BUCKETS);
  for (const row of rows) counts[row.bucket] = Number(row.c);
  const count = counts.reduce((a, c) => a + c, 0);
  return count === 0 ? null : { p50Ns: durationQuantile(counts, 0.5), p95Ns: durationQuantile(counts, 0.95), count };
}
