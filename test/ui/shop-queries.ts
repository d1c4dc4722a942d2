/** The API's answers from rows in memory: slow and simple, but by the store's own filter language. */
import { DURATION_BOUNDS_NS, durationBucket } from '../../src/requests/duration-buckets.js';
import type { RequestRecord } from '../../src/requests/record.js';
import type { Heatmap, Overview, RequestDetail, RequestList, RequestSummary, ServiceDetail, ServiceRow, TimeRange } from '../../src/server/api.js';
import type { Queries, RequestListQuery } from '../../src/server/queries.js';
import { fieldInfos } from '../../src/store/columns.js';
import { parseFilter } from '../../src/store/filter/parse.js';
import { filterToPredicate } from '../../src/store/filter/to-predicate.js';

export function summary(record: RequestRecord): RequestSummary {
  const { requestPayload: _request, responsePayload: _response, ...rest } = record;
  return rest;
}

const startMs = (record: RequestSummary): number => Number(record.start) / 1e6;

function quantile(values: number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0;
}

const failed = (rows: readonly RequestRecord[]): number => rows.filter((row) => row.error !== 'none').length;
const durations = (rows: readonly RequestRecord[]): number[] => rows.map((row) => row.durationNs);

function grouped<K>(rows: readonly RequestRecord[], key: (row: RequestRecord) => K): Map<K, RequestRecord[]> {
  const groups = new Map<K, RequestRecord[]>();
  for (const row of rows) {
    const members = groups.get(key(row));
    if (members) members.push(row);
    else groups.set(key(row), [row]);
  }
  return groups;
}

function inSteps(rows: readonly RequestRecord[], range: TimeRange, steps: number): Array<{ t: number; rows: RequestRecord[] }> {
  const step = (range.to - range.from) / steps;
  const buckets = Array.from({ length: steps }, (_, i) => ({ t: range.from + i * step, rows: [] as RequestRecord[] }));
  for (const row of rows) buckets[Math.min(steps - 1, Math.max(0, Math.floor((startMs(row) - range.from) / step)))].rows.push(row);
  return buckets;
}

export class ShopQueries implements Queries {
  constructor(private readonly records: readonly RequestRecord[]) {}

  #matching(range: TimeRange, filter: string): RequestRecord[] {
    const traced = new Set(this.records.filter((row) => row.role === 'server').map((row) => row.server));
    const matches = filterToPredicate(parseFilter(filter, traced));
    return this.records.filter((row) => startMs(row) >= range.from && startMs(row) < range.to && matches(row));
  }

  async overview(range: TimeRange, filter: string): Promise<Overview> {
    const services = [...grouped(this.#matching(range, filter), (row) => row.service)].map(([service, rows]) => serviceRow(service, rows, range));
    services.sort((a, b) => b.count - a.count);
    const failing = services.filter((row) => row.errors > 0).length;
    return { range, services, sentence: `${failing} of ${services.length} services have errors; shop spends most of its time waiting for postgres.`, notes: [] };
  }

  async requests({ range, filter, sort, limit, cursor }: RequestListQuery): Promise<RequestList> {
    const rows = this.#matching(range, filter);
    const name = sort.replace(/^-/, '') === 'duration' ? 'durationNs' : sort.replace(/^-/, '');
    const sign = sort.startsWith('-') ? -1 : 1;
    const value = (row: RequestRecord): string | number => row[name as 'service' | 'durationNs'];
    rows.sort((a, b) => (value(a) < value(b) ? -sign : value(a) > value(b) ? sign : 0));
    const from = Number(cursor ?? 0);
    const next = from + limit < rows.length ? String(from + limit) : null;
    return { range, rows: rows.slice(from, from + limit).map(summary), nextCursor: next, matched: rows.length, sampled: null, notes: [] };
  }

  async heatmap(range: TimeRange, filter: string, columns: number): Promise<Heatmap> {
    const steps = inSteps(this.#matching(range, filter), range, columns);
    const counts = (rows: readonly RequestRecord[]): number[] => {
      const cells = Array<number>(DURATION_BOUNDS_NS.length + 1).fill(0);
      for (const row of rows) cells[durationBucket(row.durationNs)]++;
      return cells;
    };
    return {
      range, times: steps.map((s) => s.t), stepMs: (range.to - range.from) / columns, bounds: [0, ...DURATION_BOUNDS_NS],
      cells: steps.map((s) => counts(s.rows)), errors: steps.map((s) => counts(s.rows.filter((row) => row.error !== 'none'))), notes: [],
    };
  }

  async request(id: string): Promise<RequestDetail | null> {
    const request = this.records.find((row) => row.id === id);
    if (!request) return null;
    const end = startMs(request) + request.durationNs / 1e6;
    const connection = this.records.filter((row) => row.connectionId === request.connectionId && row !== request);
    const alike = durations(this.records.filter((row) => row.service === request.service && row.endpoint === request.endpoint && row.role === request.role));
    const within = (row: RequestRecord): boolean => startMs(row) >= startMs(request) && startMs(row) <= end;
    const payload = (bytes: Uint8Array | null, totalBytes: number) => (bytes ? { base64: Buffer.from(bytes).toString('base64'), totalBytes } : null);
    const other = this.records.find((row) => row.role !== request.role && row.traceId !== '' && row.client === request.client && row.resource === request.resource && Math.abs(startMs(row) - startMs(request)) < 1);
    return {
      request: summary(request), requestPayload: payload(request.requestPayload, request.requestBytes), responsePayload: payload(request.responsePayload, request.responseBytes),
      otherEnd: other ? summary(other) : null,
      calls: request.role === 'client' ? [] : this.records.filter((row) => row.role === 'client' && row.pid === request.pid && within(row)).map(summary),
      concurrent: request.role === 'client' ? 0 : this.records.filter((row) => row !== request && row.role === 'server' && row.pid === request.pid && within(row)).length,
      earlier: connection.filter((row) => startMs(row) < startMs(request)).slice(-8).map(summary), later: connection.filter((row) => startMs(row) > startMs(request)).slice(0, 8).map(summary),
      usual: { p50Ns: quantile(alike, 0.5), p95Ns: quantile(alike, 0.95), count: alike.length },
    };
  }

  async service(service: string, range: TimeRange): Promise<ServiceDetail> {
    const rows = this.#matching(range, '').filter((row) => row.service === service);
    const seconds = (range.to - range.from) / 60_000;
    return {
      range, service,
      series: inSteps(rows, range, 60).map((s) => ({
        t: s.t, rate: s.rows.length / seconds, errors: failed(s.rows) / seconds, p50Ns: quantile(durations(s.rows), 0.5), p95Ns: quantile(durations(s.rows), 0.95), p99Ns: quantile(durations(s.rows), 0.99),
        bytesIn: s.rows.reduce((sum, row) => sum + row.requestBytes, 0) / seconds, bytesOut: s.rows.reduce((sum, row) => sum + row.responseBytes, 0) / seconds,
      })),
      endpoints: [...grouped(rows, (row) => `${row.role} ${row.protocol} ${row.operation} ${row.endpoint}`).values()].map((group) => ({
        role: group[0].role, protocol: group[0].protocol, endpoint: group[0].endpoint, operation: group[0].operation, count: group.length, errors: failed(group), slow: group.filter((row) => row.slow).length,
        p50Ns: quantile(durations(group), 0.5), p95Ns: quantile(durations(group), 0.95), p99Ns: quantile(durations(group), 0.99), totalNs: durations(group).reduce((a, b) => a + b, 0),
      })),
      callers: peers(rows.filter((row) => row.role === 'server')), callees: peers(rows.filter((row) => row.role === 'client')),
    };
  }

  fields() {
    return fieldInfos();
  }
}

function peers(rows: readonly RequestRecord[]): ServiceDetail['callers'] {
  return [...grouped(rows, (row) => row.peerService)].map(([service, group]) => ({
    service, protocol: group[0].protocol, count: group.length, errors: failed(group), p95Ns: quantile(durations(group), 0.95),
  }));
}

function serviceRow(service: string, rows: RequestRecord[], range: TimeRange): ServiceRow {
  const served = rows.filter((row) => row.role === 'server');
  const own = served.length > 0 ? served : rows;
  const seconds = (range.to - range.from) / 1000;
  return {
    service, role: served.length > 0 ? 'server' : 'client', protocols: [...new Set(own.map((row) => row.protocol))], rate: own.length / seconds, count: own.length, errors: failed(own), slow: own.filter((row) => row.slow).length,
    p50Ns: quantile(durations(own), 0.5), p95Ns: quantile(durations(own), 0.95), p99Ns: quantile(durations(own), 0.99),
    spark: inSteps(own, range, 40).map((s) => ({ t: s.t, rate: s.rows.length / (seconds / 40), errors: failed(s.rows), p95Ns: quantile(durations(s.rows), 0.95) })),
    dependencies: [...grouped(rows.filter((row) => row.role === 'client'), (row) => row.peerService)].map(([peer, group]) => ({
      service: peer, protocol: group[0].protocol, count: group.length, errors: failed(group), totalNs: durations(group).reduce((a, b) => a + b, 0),
    })).sort((a, b) => b.totalNs - a.totalNs),
  };
}
