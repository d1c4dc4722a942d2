import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toHar, type HarRequest } from './har.js';

const MS = 1e6;
const BASE: HarRequest = {
  id: '1', connectionId: 4, protocol: 'http', role: 'server', start: '1700000000500000000', durationNs: 12 * MS, connectNs: 2 * MS, unreadNs: null, responseUnreadNs: null, sendNs: 1 * MS, waitNs: 9 * MS,
  receiveNs: 2 * MS, requestBytes: 60, responseBytes: 900, pid: 7, requestTid: 7, responseTid: 7, comm: 'node', client: '127.0.0.1:5', server: '[::1]:80',
  service: 'shop', peerService: 'x', container: '', operation: 'POST', endpoint: '/a', resource: '/a?x=1&y=%20', status: '200', error: 'none', errorText: '',
  slow: false, traceId: '', complete: true, incompleteReason: '', attributes: {}, weight: 1,
  requestPayload: Buffer.from('POST /a?x=1&y=%20 HTTP/1.1\r\nHost: shop:80\r\n\r\n{"a":1}'),
  responsePayload: Buffer.from('HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nhel'),
};

type Entry = {
  startedDateTime: string; time: number; serverIPAddress: string; timings: Record<string, number>;
  request: { url: string; headers: unknown[]; queryString: unknown[]; postData?: { text: string } };
  response: { status: number; statusText: string; content: { size: number; mimeType: string; text?: string; comment?: string } };
};
const entriesOf = (...requests: HarRequest[]): Entry[] => (toHar(requests, '1') as { log: { entries: Entry[] } }).log.entries;

test('stages become timings that add up to the time, and the entry starts with its connect', () => {
  const [entry] = entriesOf(BASE);
  assert.deepEqual(entry.timings, { blocked: -1, dns: -1, connect: 2, ssl: -1, send: 1, wait: 9, receive: 2 });
  assert.equal(entry.time, 14);
  assert.equal(entry.startedDateTime, '2023-11-14T22:13:20.498Z');
  assert.equal(entry.serverIPAddress, '::1');
});

test('headers, query and bodies come from the captured prefix; a cut body says so', () => {
  const [{ request, response }] = entriesOf(BASE);
  assert.equal(request.url, 'http://shop:80/a?x=1&y=%20');
  assert.deepEqual(request.headers, [{ name: 'Host', value: 'shop:80' }]);
  assert.deepEqual(request.queryString, [{ name: 'x', value: '1' }, { name: 'y', value: ' ' }]);
  assert.equal(request.postData?.text, '{"a":1}');
  assert.deepEqual([response.status, response.statusText, response.content.mimeType], [200, 'OK', 'text/plain']);
  assert.equal(response.content.text, 'hel');
  assert.match(response.content.comment!, /of 900 bytes/);
});

test('other protocols and failed connects are valid entries too, in the order of time', () => {
  const redis: HarRequest = { ...BASE, protocol: 'redis', operation: 'GET', resource: 'a key', status: '0', server: '127.0.0.1:6379', start: '1700000000400000000' };
  const refused: HarRequest = { ...BASE, error: 'connect_failed', status: 'ECONNREFUSED', sendNs: null, waitNs: null, receiveNs: null, requestPayload: null, responsePayload: null };
  const entries = entriesOf(refused, redis);
  assert.equal(entries[0].request.url, 'redis://127.0.0.1:6379/GET%20a%20key');
  assert.deepEqual([entries[1].response.status, entries[1].timings.connect, entries[1].time], [0, 2, 2]);
});

test('time in which nobody read the request is blocked time', () => {
  const [entry] = entriesOf({ ...BASE, unreadNs: 30 * MS, durationNs: 42 * MS });
  assert.deepEqual([entry.timings.blocked, entry.time], [30, 44]);
});

test('a prefix that ends within the head gives the headers that are whole', () => {
  const [{ request }] = entriesOf({ ...BASE, requestPayload: Buffer.from('GET / HTTP/1.1\r\nHost: a\r\nUser-Ag') });
  assert.deepEqual(request.headers, [{ name: 'Host', value: 'a' }]);
});
