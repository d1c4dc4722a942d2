import assert from 'node:assert/strict';
import test from 'node:test';
import type { RequestDetail, RequestSummary } from '../src/server/api.js';
import { coveredNs, verdict, wireNs } from './verdict.js';

const MS = 1e6;

function request(patch: Partial<RequestSummary>): RequestSummary {
  return {
    id: '1', connectionId: 1, protocol: 'http', role: 'server', start: '1732337002000000000', durationNs: 100 * MS, connectNs: null, unreadNs: null, responseUnreadNs: null, sendNs: 1 * MS, waitNs: 98 * MS, receiveNs: 1 * MS,
    requestBytes: 1, responseBytes: 1, pid: 1, requestTid: 1, responseTid: 1, comm: 'node', client: '127.0.0.1:1', server: '127.0.0.1:80', service: 'shop', peerService: 'nginx', container: '',
    operation: 'GET', endpoint: '/', resource: '/', status: '200', error: 'none', errorText: '', slow: false, traceId: '', complete: true, incompleteReason: '', attributes: {}, weight: 1, ...patch,
  };
}

const call = (fromMs: number, ms: number): RequestSummary =>
  request({ role: 'client', protocol: 'mysql', peerService: 'mariadb', endpoint: 'select orders *', start: (1732337002000000000n + BigInt(fromMs * MS)).toString(), durationNs: ms * MS });

function detail(patch: Partial<RequestDetail>): RequestDetail {
  return { request: request({}), requestPayload: null, responsePayload: null, otherEnd: null, calls: [], concurrent: 0, earlier: [], later: [], usual: null, ...patch };
}

const plain = (text: string): string => text.replaceAll('\u00a0', ' ');

test('calls at the same time count once, and only within the request', () => {
  assert.equal(coveredNs(request({}), [call(10, 20), call(20, 20), call(90, 50)]), 40 * MS);
  assert.equal(coveredNs(request({}), [call(-50, 60)]), 10 * MS);
});

test('a slow request says what is usual and what it waited for', () => {
  const text = plain(verdict(detail({ calls: [call(5, 90), call(1, 2)], usual: { p50Ns: 14 * MS, p95Ns: 30 * MS, count: 100 } })));
  assert.equal(text, 'It took 100 ms, usually 14 ms. For 92 % of the time the process had calls to others under way; longest, mariadb: select orders * took 90 ms.');
});

test('time inside the service is not blamed on short calls', () => {
  assert.match(plain(verdict(detail({ calls: [call(5, 3)] }))), /cover only 3 % of it; the rest passed inside the service/);
  assert.match(verdict(detail({})), /with no call of its own that Kindling saw/);
});

test('a failed connect and a missing answer are said first', () => {
  const connect = request({ role: 'client', error: 'connect_failed', waitNs: null, sendNs: null, receiveNs: null, server: '10.0.0.1:5432' });
  assert.match(plain(verdict(detail({ request: connect }))), /^The connection to 10\.0\.0\.1:5432 failed after 100 ms\.$/);
  assert.match(verdict(detail({ request: request({ role: 'client', error: 'no_response', peerService: 'redis', waitNs: null, receiveNs: null }) })), /^redis never answered/);
});

test('few samples make no usual value', () => {
  assert.doesNotMatch(verdict(detail({ usual: { p50Ns: 1, p95Ns: 2, count: 4 } })), /usual/);
});

test('the wire is what the client saw beyond the server', () => {
  const server = request({ durationNs: 90 * MS });
  assert.equal(wireNs(detail({ request: request({ role: 'client' }), otherEnd: server })), 10 * MS);
  assert.equal(wireNs(detail({ otherEnd: null })), null);
});
