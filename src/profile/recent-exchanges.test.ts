import assert from 'node:assert/strict';
import test from 'node:test';
import { sampleRecord } from '../agent/testing/samples.js';
import type { RequestRecord } from '../requests/record.js';
import { RecentExchanges } from './recent-exchanges.js';

const MS = 1e6;
const ORIGIN = 5_000 * MS;
let next = 0;

/** Times in ms since the origin. */
function add(recent: RecentExchanges, startMs: number, endMs: number, more: Partial<RequestRecord>): RequestRecord {
  const record = sampleRecord({ id: `r${next++}`, durationNs: (endMs - startMs) * MS, ...more });
  recent.add(record, ORIGIN + startMs * MS, ORIGIN + endMs * MS);
  return record;
}

/** Both ends of one exchange. */
function call(recent: RecentExchanges, startMs: number, endMs: number, from: number, to: number, port: number, more: Partial<RequestRecord> = {}): { client: RequestRecord; server: RequestRecord } {
  const ends = { client: `127.0.0.1:${port}`, server: '127.0.0.1:5432', protocol: 'postgres', operation: 'select', endpoint: 'select a *', ...more };
  const server = add(recent, startMs + 1, endMs - 1, { role: 'server', pid: to, service: 'db', comm: 'postgres', ...ends });
  return { server, client: add(recent, startMs, endMs, { role: 'client', pid: from, peerService: 'db', ...ends }) };
}

const around = (recent: RecentExchanges, own: RequestRecord, fromMs: number, toMs: number) =>
  recent.around(own, ORIGIN + fromMs * MS, ORIGIN + toMs * MS, ORIGIN);

test('a call is known as its server saw it, by connection and time', () => {
  const recent = new RecentExchanges();
  const earlier = call(recent, 0, 3, 1, 20, 40_001);
  const meant = call(recent, 5, 9, 1, 20, 40_001);
  const other = call(recent, 5, 9, 1, 21, 40_002);
  const own = add(recent, 4, 10, { role: 'server', pid: 1 });
  const [work, server] = around(recent, own, 4, 10);
  assert.deepEqual(work.calls.map((one) => one.server?.id), [meant.server.id, other.server.id]);
  assert.deepEqual(work.calls[0].server, { id: meant.server.id, pid: 20, requestTid: 7, responseTid: 7, startNs: 6 * MS, endNs: 8 * MS });
  assert.equal(work.requests.length, 0, 'the request itself is not one of the others');
  assert.deepEqual([server.pid, server.requests.map((one) => one.id)], [20, [earlier.server.id, meant.server.id]], 'and what it was asked just before');
});

test('of a server that was asked the last few statements before the window are told, not all', () => {
  const recent = new RecentExchanges();
  const before = Array.from({ length: 6 }, (_, n) => call(recent, n * 10, n * 10 + 5, 1, 20, 40_001).server.id);
  const meant = call(recent, 105, 109, 1, 20, 40_001);
  const own = add(recent, 104, 110, { role: 'server', pid: 1 });
  const [, server] = around(recent, own, 104, 110);
  assert.deepEqual(server.requests.map((one) => one.id), [...before.slice(-3), meant.server.id]);
});

test('another client with the same port on another protocol, and a call that was over before, are not it', () => {
  const recent = new RecentExchanges();
  add(recent, 6, 8, { role: 'server', pid: 30, client: '127.0.0.1:40001', protocol: 'redis', operation: 'GET' });
  add(recent, 1, 3, { role: 'server', pid: 31, client: '127.0.0.1:40001', protocol: 'postgres', operation: 'select' });
  add(recent, 5, 9, { role: 'client', pid: 1, client: '127.0.0.1:40001', protocol: 'postgres', operation: 'select' });
  const own = add(recent, 0, 10, { role: 'server', pid: 1 });
  assert.equal(around(recent, own, 0, 10)[0].calls[0].server, undefined);
});

test('services asked one by the other are followed, and other processes of the same service told of', () => {
  const recent = new RecentExchanges();
  add(recent, 0, 1, { role: 'server', pid: 99, service: 'db', comm: 'postgres', protocol: 'postgres', endpoint: 'begin *' });
  add(recent, 0, 1, { role: 'server', pid: 98, service: 'other', comm: 'postgres', protocol: 'postgres' });
  const http = { protocol: 'http', operation: 'GET', endpoint: '/b', server: '127.0.0.1:8002' };
  call(recent, 3, 8, 2, 20, 40_001);
  call(recent, 2, 9, 1, 2, 50_001, { ...http, service: 'b', comm: 'node' });
  const own = add(recent, 1, 10, { role: 'server', pid: 1, service: 'a' });
  assert.deepEqual(around(recent, own, 1, 10).map(({ pid }) => pid), [1, 2, 20, 99]);
});

test('stages and what went wrong are told', () => {
  const recent = new RecentExchanges();
  const own = add(recent, 0, 10, { role: 'server', pid: 1, sendNs: 2 * MS, waitNs: 5 * MS, error: 'no_response' });
  const ends = recent.ends(own, ORIGIN, ORIGIN + 10 * MS, ORIGIN);
  assert.deepEqual([ends.role, ends.sentNs, ends.firstByteNs, ends.error, ends.client], ['server', 2 * MS, 7 * MS, 'no_response', own.client]);
});

test('the quietest process is forgotten first', () => {
  const recent = new RecentExchanges();
  const busy = add(recent, 0, 1, { role: 'server', pid: 1 });
  for (let pid = 2; pid < 400; pid++) {
    add(recent, pid, pid + 1, { role: 'server', pid });
    add(recent, pid, pid + 1, { role: 'client', pid: 1, endpoint: `/${pid}` });
  }
  const [work] = around(recent, busy, 0, 1_000);
  assert.equal(work.calls.length, 398);
  assert.equal(work.calls[0].endpoint, '/2');
});

test('the exchanges of all processes together are bounded, each keeps its newest, and no payload is kept', () => {
  const recent = new RecentExchanges();
  for (let n = 0; n < 200_000; n++) recent.add(sampleRecord({ id: `x${n}`, role: 'server', pid: 1 + n % 50 }), ORIGIN + n, ORIGIN + n + 1);
  assert.equal(recent.count, 32_768);
  for (let pid = 1_000; pid < 1_100; pid++) for (let n = 0; n < 100; n++) recent.add(sampleRecord({ id: `y${pid}-${n}`, role: 'server', pid }), ORIGIN + 200_000, ORIGIN + 200_001);
  assert.equal(recent.count, 32_768 + 100 * 64, 'one that comes when all is used up has a few all the same');
  const ids = (pid: number) => recent.around(sampleRecord({ id: 'own', role: 'server', pid }), ORIGIN, ORIGIN + 300_000, ORIGIN)[0].requests.map(({ id }) => id);
  assert.deepEqual(ids(1_099), Array.from({ length: 64 }, (_, i) => `y1099-${36 + i}`));
  assert.deepEqual(ids(50).slice(-2), ['x199949', 'x199999']);
  assert.equal(ids(50).length, 655);
});
