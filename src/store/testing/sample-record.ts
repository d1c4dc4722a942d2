/** A request as tests and benches need it. */
import type { RequestRecord } from '../../requests/record.js';
import type { RollupRow } from '../../requests/rollup.js';
import { DURATION_BUCKETS, durationBucket } from '../../requests/duration-buckets.js';

export function sampleRecord(change: Partial<RequestRecord> = {}): RequestRecord {
  return {
    id: '00000000deadbeef', connectionId: 7, protocol: 'http', role: 'server', start: '1750000000123456789', durationNs: 1_234_567,
    connectNs: null, unreadNs: null, responseUnreadNs: null, sendNs: 1000, waitNs: 1_200_000, receiveNs: 33_567, requestBytes: 120, responseBytes: 4096, pid: 812,
    requestTid: 812, responseTid: 813, comm: 'node', client: '127.0.0.1:51234', server: '127.0.0.1:8080', service: 'cart',
    peerService: 'nginx', container: '', operation: 'GET', endpoint: '/orders/*', resource: '/orders/17?x=1', status: '200',
    error: 'none', errorText: '', slow: false, traceId: '', complete: true, incompleteReason: '', attributes: {},
    requestPayload: null, responsePayload: null, weight: 1, ...change,
  };
}

export function sampleRollup(change: Partial<RollupRow> = {}): RollupRow {
  const row: RollupRow = {
    time: 1_750_000_000, role: 'server', service: 'cart', peerService: 'nginx', container: '', pid: 812, serverAddress: '127.0.0.1:8080',
    protocol: 'http', operation: 'GET', endpoint: '/orders/*', status: '200', error: 'none', slow: false, count: 1, durationSumNs: 1_234_567,
    durationMaxNs: 1_234_567, requestBytes: 120, responseBytes: 4096, histogram: new Uint32Array(DURATION_BUCKETS), kept: 1, ...change,
  };
  if (change.histogram === undefined) row.histogram[durationBucket(row.durationMaxNs)] = row.count;
  return row;
}
