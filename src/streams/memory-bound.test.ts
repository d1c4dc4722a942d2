import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UNKNOWN_NS } from '../events/observation.js';
import { protocols } from '../protocols/list.js';
import type { Exchange } from '../protocols/protocol.js';
import { Connections } from './connections.js';
import { heaviest } from './memory-bound.js';

const holder = (pending: number, held: number) => ({ pending: () => pending, heldBytes: () => held });

test('nobody forgets while all hold less than the bound', () => {
  assert.deepEqual(heaviest([holder(10, 0), holder(0, 10_000)], 100_000), []);
});

test('beyond the bound the heaviest forget until half of it is free', () => {
  const light = holder(1, 0);
  const heavy = holder(0, 90_000);
  const heavier = holder(200, 0);
  assert.deepEqual(heaviest([light, heavy, heavier], 150_000), [heavier, heavy]);
  assert.deepEqual(heaviest([light, heavy, heavier], 200_000), [heavier]);
});

function newConnections(finished: Exchange[]): Connections {
  return new Connections({
    protocols, noResponseNs: 120e9, roleOf: () => 'unknown', exchange: (_connection, exchange) => finished.push(exchange), failedConnect: () => {}, setCapture: () => {},
  });
}

function open(connections: Connections, id: number, transport: 'tcp' | 'udp' = 'tcp'): void {
  connections.opened({
    id, pid: 1, tid: 1, comm: 'server', fd: id % 1000, transport, role: 'server', local: '127.0.0.1:80', remote: `127.0.0.1:${id}`, netns: 0, cgroupId: 0, ts: id, preexisting: false,
  });
}

test('pipelines that nobody answers cost bounded memory, what is forgotten is counted, and the connection is understood again later', () => {
  const finished: Exchange[] = [];
  const connections = newConnections(finished);
  const pipeline = Buffer.from('GET /a HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(500));
  let position = 0;
  for (let round = 0; round < 8; round++, position += pipeline.length) {
    for (let id = 1; id <= 200; id++) {
      if (round === 0) open(connections, id);
      connections.data(id, 0, 1e6 + round, 0, 1, 1, position, pipeline.length, pipeline, 0, pipeline.length, undefined, UNKNOWN_NS);
    }
  }
  assert.ok(connections.shed > 100_000, `${connections.shed} forgotten`);
  const before = finished.length;
  const answer = Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
  for (let i = 0; i < 4; i++) {
    const ts = 10e9 + i * 1e9;
    connections.data(200, 0, ts, 0, 1, 1, position + i * 28, 28, pipeline, 0, 28, undefined, UNKNOWN_NS);
    connections.data(200, 1, ts + 1e6, 0, 1, 1, i * answer.length, answer.length, answer, 0, answer.length, undefined, UNKNOWN_NS);
  }
  assert.ok(finished.length > before, 'requests of the connection are seen again');
});

test('sockets opened one after the other by a process leave nothing behind', () => {
  const connections = newConnections([]);
  const leftovers = (): number => connections.stats().listed;
  for (let id = 1; id <= 5_000; id++) open(connections, id, 'udp');
  const after = leftovers();
  for (let id = 5_001; id <= 20_000; id++) open(connections, id, 'udp');
  assert.equal(leftovers(), after);
});
