/** A request that ended a moment ago is in memory before the store has it: its page must open all the same. */
import type { Payload, RequestDetail } from '../server/api.js';
import type { Queries } from '../server/queries.js';
import type { RequestRecord } from '../requests/record.js';
import type { RecentRequests } from './recent-requests.js';
import { toSummary } from './summary.js';

/** Neighbours shown before and after on the same connection. */
const NEIGHBOURS = 10;

export function queriesWithRecent(stored: Queries, recent: RecentRequests): Queries {
  return {
    overview: (range, filter) => stored.overview(range, filter),
    requests: (query) => stored.requests(query),
    heatmap: (range, filter, columns) => stored.heatmap(range, filter, columns),
    request: async (id) => (await stored.request(id)) ?? recentDetail(recent, id),
    service: (name, range) => stored.service(name, range),
    ...(stored.oldest ? { oldest: (range) => stored.oldest!(range) } : {}),
    fields: () => stored.fields(),
  };
}

export function recentDetail(recent: RecentRequests, id: string): RequestDetail | null {
  const record = recent.get(id);
  if (record === null) return null;
  const others = [...recent.all()].filter((other) => other !== record);
  const neighbours = others.filter((other) => other.connectionId === record.connectionId).sort(byStart);
  const isEarlier = (other: RequestRecord): boolean => byStart(other, record) < 0;
  return {
    request: toSummary(record),
    requestPayload: payload(record.requestPayload, record.requestBytes),
    responsePayload: payload(record.responsePayload, record.responseBytes),
    otherEnd: summaryOf(others.find((other) => isOtherEnd(record, other))),
    calls: others.filter((other) => isCall(record, other)).sort(byStart).map(toSummary),
    concurrent: others.filter((other) => isConcurrent(record, other)).length,
    earlier: neighbours.filter(isEarlier).slice(-NEIGHBOURS).map(toSummary),
    later: neighbours.filter((other) => !isEarlier(other)).slice(0, NEIGHBOURS).map(toSummary),
    usual: null,
  };
}

const startNs = (record: RequestRecord): bigint => BigInt(record.start);
const endNs = (record: RequestRecord): bigint => startNs(record) + BigInt(Math.round(record.durationNs));
const byStart = (a: RequestRecord, b: RequestRecord): number => Number(startNs(a) - startNs(b));
const summaryOf = (record: RequestRecord | undefined) => (record === undefined ? null : toSummary(record));

/** The same exchange between the same addresses, seen by the process at the other end. */
function isOtherEnd(record: RequestRecord, other: RequestRecord): boolean {
  return other.role !== record.role && other.client === record.client && other.server === record.server && other.protocol === record.protocol
    && startNs(other) < endNs(record) && startNs(record) < endNs(other);
}

/** What the process that served `record` asked of others meanwhile. */
function isCall(record: RequestRecord, other: RequestRecord): boolean {
  return record.role === 'server' && other.role === 'client' && other.pid === record.pid
    && startNs(other) >= startNs(record) && endNs(other) <= endNs(record);
}

/** Answered by the same thread in the same time. */
function isConcurrent(record: RequestRecord, other: RequestRecord): boolean {
  return record.role === 'server' && other.role === 'server' && other.pid === record.pid && other.requestTid === record.requestTid
    && startNs(other) < endNs(record) && startNs(record) < endNs(other);
}

function payload(bytes: Uint8Array | null, totalBytes: number): Payload | null {
  return bytes === null ? null : { base64: Buffer.from(bytes).toString('base64'), totalBytes };
}
