import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Payload } from '../streams/payload.js';
import type { Exchange } from '../protocols/protocol.js';
import { newExchange } from '../protocols/protocol.js';
import { DEFAULT_REQUEST_OPTIONS, RequestBuilder } from './builder.js';
import type { ConnectionFacts, RequestOptions } from './builder.js';
import { WallClock } from './clock.js';
import type { RequestRecord } from './record.js';
import { RecordIds } from './record-id.js';

const WALL = 1_763_871_764_123_456_789n;

function builder(options: Partial<RequestOptions> = {}): RequestBuilder {
  return new RequestBuilder({ ...DEFAULT_REQUEST_OPTIONS, ...options }, new WallClock(WALL), new RecordIds(0x692272d4));
}

function facts(more: Partial<ConnectionFacts> = {}): ConnectionFacts {
  return {
    connectionId: 5, role: 'server', pid: 7, comm: 'app', clientAddress: '127.0.0.1:5000', serverAddress: '127.0.0.1:80',
    service: 'shop', peerService: 'web', container: '', connectNs: null, ...more,
  };
}

function exchange(protocol: string, more: Partial<Exchange> = {}): Exchange {
  return { ...newExchange(protocol), startNs: 1000, requestEndNs: 3000, responseStartNs: 10_000, endNs: 15_000, status: '200', ...more };
}

const build = (made: Exchange, options: Partial<RequestOptions> = {}): RequestRecord => builder(options).build(made, facts());

test('stages are sending, waiting and receiving, and add up to the duration', () => {
  const record = build(exchange('http', { operation: 'GET', resource: '/orders/17?token=abc' }));
  assert.deepEqual([record.connectNs, record.sendNs, record.waitNs, record.receiveNs, record.durationNs], [null, 2000, 7000, 5000, 14_000]);
  assert.equal(record.start, '1763871764123457789');
  assert.equal(record.id, '692272d400000000');
  assert.deepEqual([record.endpoint, record.resource, record.complete, record.weight], ['/orders/*', '/orders/17?token=***', true, 1]);
});

test('a request begins when it came: the time it lay unread is its first stage', () => {
  const record = build(exchange('http', { requestUnreadNs: 600 }));
  assert.deepEqual([record.unreadNs, record.sendNs, record.waitNs, record.receiveNs, record.durationNs], [600, 2000, 7000, 5000, 14_600]);
  assert.equal(record.start, '1763871764123457189');
  assert.deepEqual([build(exchange('http')).unreadNs, build(exchange('http')).responseUnreadNs], [null, null], 'not known');
  assert.equal(build(exchange('http', { requestUnreadNs: 480e6, requestEndNs: 490e6, startNs: 489e6, responseStartNs: 491e6, endNs: 492e6 })).slow, false);
  assert.equal(build(exchange('http', { requestUnreadNs: 499e6, requestEndNs: 509e6, startNs: 509e6, responseStartNs: 510e6, endNs: 511e6 })).slow, true);
});

test('a response that lay unread had been waited for until it came, not longer', () => {
  assert.equal(build(exchange('http', { responseUnreadNs: 3000 })).responseUnreadNs, 3000);
  assert.equal(build(exchange('http', { responseUnreadNs: 9000 })).responseUnreadNs, 7000);
});

test('a response that began before the request had ended leaves no negative stage', () => {
  const record = build(exchange('http', { requestEndNs: 12_000 }));
  assert.deepEqual([record.sendNs, record.waitNs, record.receiveNs], [11_000, 0, 3000]);
});

test('without a response there is neither waiting nor receiving, and nothing is slow', () => {
  const record = build(exchange('http', { responseStartNs: NaN, endNs: 200e9, error: 'no_response', status: '' }));
  assert.deepEqual([record.sendNs, record.waitNs, record.receiveNs, record.slow, record.error], [2000, null, null, false, 'no_response']);
});

test('slow begins at the threshold of the protocol', () => {
  const slow = (protocol: string, ms: number, options = {}): boolean => build(exchange(protocol, { endNs: 1000 + ms * 1e6 }), options).slow;
  assert.deepEqual([slow('http', 499.9), slow('http', 500), slow('redis', 99), slow('redis', 100), slow('amqp', 499), slow('amqp', 500)], [false, true, false, true, false, true]);
  assert.deepEqual([slow('http', 20, { slowThresholdsMs: { http: 20 } }), slow('amqp', 20, { slowThresholdsMs: { default: 20 } })], [true, true]);
});

test('a name that does not exist may be taken for no error', () => {
  const missing = exchange('dns', { status: '3', error: 'protocol_error', resource: 'a.test', operation: 'A' });
  assert.equal(build(missing).error, 'protocol_error');
  assert.equal(build(missing, { ignoreDnsNxdomain: true }).error, 'none');
  assert.equal(build({ ...missing, status: '2' }, { ignoreDnsNxdomain: true }).error, 'protocol_error');
});

test('only the first request of a connection carries its connect', () => {
  const made = builder();
  const connection = facts({ role: 'client', connectNs: 900 });
  assert.deepEqual([made.build(exchange('http'), connection).connectNs, made.build(exchange('http'), connection).connectNs], [900, null]);
});

test('a failed connect is a request', () => {
  const record = builder().failedConnect({
    id: 5, pid: 7, tid: 8, comm: 'app', fd: 3, ts: 9000, dur: 4000, errno: 111, transport: 'tcp', local: '', remote: '127.0.0.1:81', netns: 0, cgroupId: 0,
  }, facts({ role: 'client', serverAddress: '127.0.0.1:81' }));
  assert.deepEqual([record.protocol, record.error, record.status, record.durationNs, record.connectNs, record.sendNs], ['tcp', 'connect_failed', 'ECONNREFUSED', 4000, 4000, null]);
  assert.equal(record.start, '1763871764123461789');
  assert.match(record.errorText, /connect to 127\.0\.0\.1:81 failed: ECONNREFUSED/);
});

test('the endpoint is clustered by protocol', () => {
  const cases: Array<[string, string, string, string]> = [
    ['postgres', 'select', 'select * from orders where id = 1', 'select orders *'], ['mysql', 'select', 'select * from `o`', 'select o *'],
    ['mysql', 'ping', '', 'ping'], ['redis', 'GET', 'cart:1', 'GET'], ['dns', 'A', 'api.test', 'api.test'], ['other', '', '', ''],
  ];
  for (const [protocol, operation, resource, endpoint] of cases) assert.equal(build(exchange(protocol, { operation, resource })).endpoint, endpoint);
  assert.equal(build(exchange('redis', { operation: 'AUTH', resource: 'password' })).resource, '');
});

test('payloads enter a record only redacted', () => {
  const made = builder();
  const payload = (text: string): Payload => new Payload(new Uint8Array(Buffer.from(text)), 0, text.length);
  const seen = exchange('http', { requestPayload: payload('GET / HTTP/1.1\r\nCookie: a=b\r\n\r\n'), responsePayload: payload('HTTP/1.1 200 OK\r\n\r\n') });
  const record = made.build(seen, facts());
  assert.equal(record.requestPayload, null);
  made.attach(record, seen);
  assert.equal(Buffer.from(record.requestPayload!).toString(), 'GET / HTTP/1.1\r\nCookie: ***\r\n\r\n');
  assert.equal(Buffer.from(record.responsePayload!).toString(), 'HTTP/1.1 200 OK\r\n\r\n');
});

test('values in the messages of a database are literals too', () => {
  const failed = exchange('mysql', { error: 'protocol_error', errorText: "Duplicate entry 'kim@x' for key 'mail'" });
  assert.equal(build(failed).errorText, "Duplicate entry 'kim@x' for key 'mail'");
  assert.equal(build(failed, { redactSqlLiterals: true }).errorText, 'Duplicate entry ?');
  const quoted = exchange('postgres', { error: 'protocol_error', errorText: 'invalid input syntax for type integer: "kim"' });
  assert.equal(build(quoted, { redactSqlLiterals: true }).errorText, 'invalid input syntax for type integer: "***"');
});

test('what a server quotes of a statement that may hold a password is left out', () => {
  const failed = exchange('mysql', {
    resource: "ALTER USER kim IDENTFIED BY 'hunter2'", error: 'protocol_error', errorText: "You have an error near 'IDENTFIED BY 'hunter2'' at line 1",
  });
  assert.equal(build(failed).errorText, "You have an error near '***' at line 1");
  const cut = exchange('postgres', { resource: 'ALTER ROLE kim PASSWORDD hunter2', error: 'protocol_error', errorText: 'syntax error at or near "hunter2' });
  assert.equal(build(cut).errorText, 'syntax error at or near "***');
  const unknown = exchange('redis', { operation: 'AUHT', resource: 'hunter2', error: 'protocol_error', errorText: "ERR unknown command 'AUHT', with args beginning with: 'hunter2' " });
  const record = build(unknown);
  assert.deepEqual([record.resource, record.errorText], ['', "ERR unknown command '***' "]);
});
