import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { newExchange } from '../protocols/protocol.js';
import { DEFAULT_REQUEST_OPTIONS, RequestBuilder } from './builder.js';
import { WallClock } from './clock.js';
import { durationBucket } from './duration-buckets.js';
import type { RequestRecord } from './record.js';
import { RecordIds } from './record-id.js';
import { Rollups } from './rollups.js';

const builder = new RequestBuilder(DEFAULT_REQUEST_OPTIONS, new WallClock(1_000_000_000n * 1_000_000_000n), new RecordIds(1));

function record(more: Partial<RequestRecord> = {}, seconds = 0): RequestRecord {
  const exchange = { ...newExchange('http'), operation: 'GET', resource: '/a', status: '200', startNs: seconds * 1e9, requestEndNs: seconds * 1e9, responseStartNs: seconds * 1e9 + 500, endNs: seconds * 1e9 + 1000, requestBytes: 10, responseBytes: 20 };
  const made = builder.build(exchange, {
    connectionId: 1, role: 'server', pid: 7, comm: 'app', clientAddress: 'c:1', serverAddress: 's:80', service: 'shop', peerService: 'web', container: '', connectNs: null,
  });
  return { ...made, ...more };
}

/** As the capture thread does, which knows the time at which it began. */
function add(rollups: Rollups, one: RequestRecord, kept: boolean): void {
  rollups.add(one, Number(BigInt(one.start) / 1_000_000_000n), kept);
}

test('requests with the same labels in one bucket of time are one row', () => {
  const rollups = new Rollups();
  add(rollups, record(), true);
  add(rollups, record({ durationNs: 5000, connectionId: 2 }), false);
  const [row, ...more] = rollups.flush();
  assert.equal(more.length, 0);
  assert.deepEqual([row.time, row.service, row.endpoint, row.count, row.durationSumNs, row.durationMaxNs, row.requestBytes, row.responseBytes, row.kept],
    [1_000_000_000, 'shop', '/a', 2, 6000, 5000, 20, 40, 1]);
  assert.deepEqual([row.histogram[durationBucket(1000)], row.histogram[durationBucket(5000)]], [1, 1]);
  assert.deepEqual(rollups.flush(), []);
});

test('each label and each ten seconds have rows of their own', () => {
  const rollups = new Rollups();
  const variants: Array<Partial<RequestRecord>> = [
    {}, { role: 'client', connectionId: 2 }, { pid: 8, connectionId: 3 }, { server: 's:81', connectionId: 4 }, { service: 'b', connectionId: 5 }, { peerService: 'b', connectionId: 6 },
    { container: 'c', connectionId: 7 }, { operation: 'POST' }, { endpoint: '/b' }, { status: '404' }, { error: 'protocol_error' }, { slow: true }, { protocol: 'grpc' },
  ];
  for (const variant of [...variants, ...variants]) add(rollups, record(variant), false);
  add(rollups, record({}, 9.9), false);
  add(rollups, record({}, 10), false);
  const rows = rollups.flush();
  assert.equal(rows.length, variants.length + 1);
  assert.deepEqual([rows[0].count, rows[1].count, rows.at(-1)!.time], [3, 2, 1_000_000_010]);
});

test('beyond the limit of rows requests are counted as ~other, and none is lost', () => {
  const rollups = new Rollups(50);
  fc.assert(fc.property(fc.array(fc.tuple(fc.nat(300), fc.nat(300), fc.nat(3))), (all) => {
    for (const [endpoint, connection, status] of all) add(rollups, record({ endpoint: `/${endpoint}`, connectionId: connection, server: `s:${connection}`, status: String(status) }), false);
    const rows = rollups.flush();
    assert.ok(rows.length <= 51);
    assert.equal(rows.reduce((sum, row) => sum + row.count, 0), all.length);
  }));
  for (let i = 0; i < 60; i++) add(rollups, record({ endpoint: `/${i}` }), false);
  assert.deepEqual([rollups.overflowed >= 10, rollups.flush().at(-1)!.endpoint], [true, '~other']);
});
