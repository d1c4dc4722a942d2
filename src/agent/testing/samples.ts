import { DURATION_BUCKETS, durationBucket } from '../../requests/duration-buckets.js';
import type { RequestRecord } from '../../requests/record.js';
import type { RollupRow } from '../../requests/rollup.js';

const MS = 1e6;

export function sampleRecord(overrides: Partial<RequestRecord> = {}): RequestRecord {
  return {
    id: '0000000000000001', connectionId: 1, protocol: 'http', role: 'server', start: '1700000000000000000', durationNs: 12 * MS,
    connectNs: null, unreadNs: null, responseUnreadNs: null, sendNs: 0.1 * MS, waitNs: 11 * MS, receiveNs: 0.9 * MS, requestBytes: 60, responseBytes: 120, pid: 7, requestTid: 7, responseTid: 7,
    comm: 'node', client: '127.0.0.1:50000', server: '127.0.0.1:8080', service: 'shop', peerService: '127.0.0.1', container: '', operation: 'GET',
    endpoint: '/orders/*', resource: '/orders/17?x=1', status: '200', error: 'none', errorText: '', slow: false, traceId: '', complete: true,
    incompleteReason: '', attributes: {}, requestPayload: null, responsePayload: null, weight: 1, ...overrides,
  };
}

export function sampleRollup(overrides: Partial<RollupRow> = {}): RollupRow {
  const histogram = new Uint32Array(DURATION_BUCKETS);
  histogram[durationBucket(12 * MS)] = 1;
  return {
    time: 1700000000, role: 'server', service: 'shop', peerService: '127.0.0.1', container: '', pid: 7, serverAddress: '127.0.0.1:8080', protocol: 'http',
    operation: 'GET', endpoint: '/orders/*', status: '200', error: 'none', slow: false, count: 1, durationSumNs: 12 * MS, durationMaxNs: 12 * MS,
    requestBytes: 60, responseBytes: 120, histogram, kept: 1, ...overrides,
  };
}
