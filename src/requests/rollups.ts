/**
 * Adds every request to the counts of its labels, exactly. Rows are found along the path connection → endpoint →
 * status, so that the usual request costs two look-ups and compares identical strings, never builds a key.
 */
import { OTHER } from './cardinality.js';
import { DURATION_BUCKETS, durationBucket } from './duration-buckets.js';
import type { RequestRecord } from './record.js';
import { ROLLUP_SECONDS } from './rollup.js';
import type { RollupRow } from './rollup.js';

/** What all requests between two ends have in common, and their rows by endpoint. */
interface Edge {
  service: string;
  peerService: string;
  serverAddress: string;
  byEndpoint: Map<string, RollupRow[]>;
}

/** One time bucket. */
interface Bucket {
  time: number;
  edges: Map<string, Edge>;
  byConnection: Map<number, Edge>;
}

export const MAX_ROLLUP_ROWS = 20_000;
const MAX_BUCKETS = 1_000;

export class Rollups {
  #rows: RollupRow[] = [];
  #buckets = new Map<number, Bucket>();
  #bucket: Bucket | null = null;
  #overflow: Map<string, RollupRow> | null = null;
  /** Requests counted under `~other` because there were too many different labels at once; total. */
  overflowed = 0;

  /** @param maxRows rows between two flushes */
  constructor(readonly maxRows = MAX_ROLLUP_ROWS) {}

  /**
   * @param startSeconds Unix time at which the request began, whole seconds: cheaper known than read from the record
   * @param kept the request has a row of its own in the store
   */
  add(record: RequestRecord, startSeconds: number, kept: boolean): void {
    const row = this.#row(record, Math.floor(startSeconds / ROLLUP_SECONDS) * ROLLUP_SECONDS);
    const { durationNs } = record;
    row.count++;
    row.durationSumNs += durationNs;
    if (durationNs > row.durationMaxNs) row.durationMaxNs = durationNs;
    row.requestBytes += record.requestBytes;
    row.responseBytes += record.responseBytes;
    row.histogram[durationBucket(durationNs)]++;
    if (kept) row.kept++;
  }

  /** What was added since the last flush. The rows are the caller's. */
  flush(): RollupRow[] {
    const rows = this.#rows;
    this.#rows = [];
    this.#buckets = new Map();
    this.#bucket = null;
    this.#overflow = null;
    return rows;
  }

  #row(record: RequestRecord, time: number): RollupRow {
    const bucket = this.#bucketOf(time);
    let edge = bucket.byConnection.get(record.connectionId);
    if (edge === undefined || edge.service !== record.service || edge.peerService !== record.peerService || edge.serverAddress !== record.server) {
      edge = this.#edge(bucket, record);
    }
    let rows = edge.byEndpoint.get(record.endpoint);
    if (rows === undefined) {
      if (this.#rows.length >= this.maxRows) return this.#overflowRow(bucket.time, record);
      edge.byEndpoint.set(record.endpoint, (rows = []));
    }
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i];
      if (row.status === record.status && row.operation === record.operation && row.slow === record.slow && row.error === record.error
        && row.protocol === record.protocol) return row;
    }
    if (this.#rows.length >= this.maxRows) return this.#overflowRow(bucket.time, record);
    const row = newRow(bucket.time, record);
    rows.push(row);
    this.#rows.push(row);
    return row;
  }

  #bucketOf(time: number): Bucket {
    if (this.#bucket !== null && this.#bucket.time === time) return this.#bucket;
    let bucket = this.#buckets.get(time);
    // Only broken clocks lead to so many: their requests are counted in the time of others.
    if (bucket === undefined && this.#bucket !== null && this.#buckets.size >= MAX_BUCKETS) return this.#bucket;
    if (bucket === undefined) this.#buckets.set(time, (bucket = { time, edges: new Map(), byConnection: new Map() }));
    this.#bucket = bucket;
    return bucket;
  }

  #edge(bucket: Bucket, record: RequestRecord): Edge {
    const key = `${record.role}\n${record.pid}\n${record.server}\n${record.service}\n${record.peerService}\n${record.container}`;
    let edge = bucket.edges.get(key);
    if (edge === undefined) {
      edge = { service: record.service, peerService: record.peerService, serverAddress: record.server, byEndpoint: new Map() };
      // Beyond the limit an edge can only lead to the overflow row, so it need not be remembered.
      if (this.#rows.length < this.maxRows) bucket.edges.set(key, edge);
    }
    if (bucket.byConnection.size >= this.maxRows) bucket.byConnection.clear();
    bucket.byConnection.set(record.connectionId, edge);
    return edge;
  }

  #overflowRow(time: number, record: RequestRecord): RollupRow {
    this.overflowed++;
    const overflow = (this.#overflow ??= new Map());
    const key = `${time} ${record.role} ${record.protocol} ${record.error} ${record.slow}`;
    let row = overflow.get(key);
    if (row === undefined) {
      row = newRow(time, record);
      row.service = row.peerService = row.serverAddress = row.endpoint = row.operation = row.status = OTHER;
      row.container = '';
      row.pid = 0;
      overflow.set(key, row);
      this.#rows.push(row);
    }
    return row;
  }
}

function newRow(time: number, record: RequestRecord): RollupRow {
  return {
    time, role: record.role, service: record.service, peerService: record.peerService, container: record.container, pid: record.pid,
    serverAddress: record.server, protocol: record.protocol, operation: record.operation, endpoint: record.endpoint,
    status: record.status, error: record.error, slow: record.slow,
    count: 0, durationSumNs: 0, durationMaxNs: 0, requestBytes: 0, responseBytes: 0, histogram: new Uint32Array(DURATION_BUCKETS), kept: 0,
  };
}
