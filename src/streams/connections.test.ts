import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { IN, OUT, UNKNOWN_NS, type ConnectionOpened, type ConnectResult } from '../events/observation.js';
import { protocols } from '../protocols/list.js';
import type { Exchange } from '../protocols/protocol.js';
import { parseConversation, type Step } from '../protocols/testing/conversation.js';
import { converse, summary } from '../protocols/testing/harness.js';
import type { TracedConnection } from './connection.js';
import { Connections } from './connections.js';

const FIXTURES = fileURLToPath(new URL('../../../test/fixtures/', import.meta.url));

interface Seen { exchanges: Array<{ exchange: Exchange; connection: TracedConnection }>; failed: ConnectResult[]; captures: Map<number, number>; ended: number[] }

function create(noResponseNs = 120e9, datagramSenders = true): Seen & { connections: Connections; texts(): string[] } {
  const seen: Seen = { exchanges: [], failed: [], captures: new Map(), ended: [] };
  const connections = new Connections({
    protocols, noResponseNs, datagramSenders, ended: ({ id }) => { seen.ended.push(id); }, roleOf: () => 'unknown',
    exchange: (connection, exchange) => { seen.exchanges.push({ exchange, connection }); },
    failedConnect: (result) => { seen.failed.push(result); },
    setCapture: (id, bytes) => { seen.captures.set(id, bytes); },
  });
  return { ...seen, connections, texts: () => seen.exchanges.map(({ exchange }) => summary(exchange)) };
}

function open(id: number, more: Partial<ConnectionOpened> = {}): ConnectionOpened {
  return {
    id, pid: 10, tid: 10, comm: 'test', fd: id, transport: 'tcp', role: 'server', local: '127.0.0.1:80', remote: '127.0.0.1:40000', netns: 1,
    cgroupId: 1, ts: 0, preexisting: false, ...more,
  };
}

/** A connection's bytes, with positions counted as the kernel side does. */
class Wire {
  readonly positions = [0, 0];
  constructor(readonly connections: Connections, readonly id: number, public ns = 1000) {}

  send(direction: typeof IN | typeof OUT, bytes: Uint8Array | string, missing = 0, peer?: string, pid = 10): void {
    const buffer = typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes;
    const size = buffer.length + missing;
    this.connections.data(this.id, direction, this.ns, 0, pid, 11, this.positions[direction], size, buffer, 0, buffer.length, peer, UNKNOWN_NS);
    this.positions[direction] += size;
    this.ns += 1000;
  }

  /** As the server sees it. */
  play(steps: Step[]): void {
    for (const step of steps) {
      if ('ns' in step) this.ns = step.ns;
      if (step.kind === 'chunk') this.send(step.side === 0 ? IN : OUT, step.bytes, step.missing);
      else if (step.kind === 'halfClose') this.connections.shutdown(this.id, step.side === 0 ? 'remote' : 'local', step.ns);
      else this.close(step.reason === 'reset' ? 104 : 0);
    }
  }

  close(errno = 0): void {
    this.connections.closed({ id: this.id, ts: this.ns, errno, by: 'remote', counters: null, srttUs: 0, retransmits: 0 });
  }
}

const GET = 'GET /a HTTP/1.1\r\nHost: x\r\n\r\n';
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

const conversations = ['http', 'redis', 'postgres', 'mysql'].flatMap((name) => readdirSync(FIXTURES + name)
  .filter((file) => file.endsWith('.conv')).map((file) => ({ name, file, steps: parseConversation(readFileSync(`${FIXTURES}${name}/${file}`, 'utf8')) })))
  .filter(({ steps }) => steps.reduce((sum, step) => sum + (step.kind === 'chunk' ? step.bytes.length : 0), 0) < 200_000);

test('conversations of real servers come out as from the parser alone', () => {
  for (const { name, file, steps } of conversations) {
    const { connections, texts } = create();
    connections.opened(open(1));
    new Wire(connections, 1).play(steps);
    const protocol = protocols.find((candidate) => candidate.name === name)!;
    assert.deepEqual(texts(), converse(protocol, steps).map(summary), `${name}/${file}`);
  }
});

test('conversations cut anywhere and mixed with each other stay apart', () => {
  const few = conversations.filter(({ steps }) => steps.length > 2 && steps.length < 60).slice(0, 40);
  fc.assert(fc.property(fc.integer(), fc.array(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), { minLength: 5, maxLength: 20 }), (seed, cuts) => {
    const pair = [few[Math.abs(seed) % few.length], few[Math.abs(seed >> 8) % few.length]];
    const { connections, exchanges } = create();
    const wires = pair.map((_, i) => { connections.opened(open(i + 1)); return new Wire(connections, i + 1); });
    let turn = 0;
    const rest = pair.map(({ steps }) => steps.flatMap((step): Step[] => {
      const at = step.kind === 'chunk' ? Math.floor(step.bytes.length * cuts[turn++ % cuts.length]) : 0;
      if (step.kind !== 'chunk' || at === 0) return [step];
      return [{ ...step, bytes: step.bytes.subarray(0, at), missing: 0 }, { ...step, bytes: step.bytes.subarray(at) }];
    }));
    while (rest.some((steps) => steps.length > 0)) {
      const which = rest[turn++ * 7 % 2].length > 0 ? (turn - 1) * 7 % 2 : rest[0].length > 0 ? 0 : 1;
      wires[which].play([rest[which].shift()!]);
    }
    pair.forEach(({ name, file, steps }, i) => {
      const mine = exchanges.filter(({ connection }) => connection.info.id === i + 1).map(({ exchange }) => summary(exchange));
      assert.deepEqual(mine, converse(protocols.find((candidate) => candidate.name === name)!, steps).map(summary), `${name}/${file}`);
    });
  }), { numRuns: 60 });
});

test('chunks of one direction lost anywhere: what is complete is right', () => {
  const steps = conversations.find(({ file }) => file === 'nginx-keep-alive.conv')!.steps;
  const whole = new Set(converse(protocols.find(({ name }) => name === 'http')!, steps).map(summary));
  fc.assert(fc.property(fc.array(fc.boolean(), { minLength: 3, maxLength: 30 }), (kept) => {
    const { connections, exchanges } = create();
    connections.opened(open(1));
    const wire = new Wire(connections, 1);
    steps.forEach((step, i) => {
      if (step.kind === 'chunk' && !kept[i % kept.length]) wire.positions[step.side === 0 ? IN : OUT] += step.bytes.length + step.missing;
      else wire.play([step]);
    });
    for (const { exchange } of exchanges) if (exchange.incomplete === '' && exchange.error === 'none') assert.ok(whole.has(summary(exchange)), summary(exchange));
  }), { numRuns: 200 });
});

test('data without an opening are followed, and counted', () => {
  const { connections, texts } = create();
  const wire = new Wire(connections, 5);
  wire.positions.fill(900);
  for (let i = 0; i < 3; i++) { wire.send(IN, GET); wire.send(OUT, OK); wire.ns += 1e9; }
  assert.equal(connections.withoutOpening, 1);
  assert.equal(texts().at(-1), 'GET /a 200');
  wire.close();
  assert.equal(connections.stats().open, 0);
});

test('a reset leaves the request without response', () => {
  const { connections, texts } = create();
  connections.opened(open(1));
  const wire = new Wire(connections, 1);
  wire.send(IN, GET);
  wire.close(104);
  assert.deepEqual(texts(), ['GET /a no_response']);
});

test('sweeps give up what waited too long, once', () => {
  const { connections, texts } = create(1e9);
  connections.opened(open(1));
  const wire = new Wire(connections, 1);
  wire.send(IN, GET);
  connections.sweep(0.5e9);
  assert.deepEqual(texts(), []);
  connections.sweep(2e9);
  connections.sweep(3e9);
  assert.deepEqual(texts(), ['GET /a no_response']);
});

test('failed connects are requests, successful ones give the first request its stage', () => {
  const { connections, exchanges, failed } = create();
  const result: ConnectResult = { ...open(1, { role: 'client' }), dur: 77, errno: 0 };
  connections.connected({ ...result, id: 9, errno: 111 });
  assert.deepEqual(failed.map(({ id }) => id), [9]);
  connections.connected(result);
  connections.opened(open(1, { role: 'client' }));
  const wire = new Wire(connections, 1);
  wire.send(OUT, GET);
  wire.send(IN, OK);
  assert.equal(exchanges[0].connection.connectNs, 77);
});

const query = (id: number) => Buffer.from([id >> 8, id & 255, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 3, 0x77, 0x65, 0x62, 4, 0x74, 0x65, 0x73, 0x74, 0, 0, 1, 0, 1]);
const answer = (id: number) => { const bytes = Buffer.from(query(id)); bytes[2] = 0x81; bytes[3] = 0x80; return bytes; };

test('peers of one datagram socket are kept apart, however they take turns', () => {
  const { connections, exchanges } = create();
  connections.opened(open(1, { transport: 'udp', remote: '0.0.0.0:0', preexisting: true }));
  const wire = new Wire(connections, 1);
  for (let round = 0; round < 4; round++) {
    for (const peer of ['10.0.0.1:1', '10.0.0.2:2', '10.0.0.3:3']) wire.send(IN, query(round), 0, peer);
    for (const peer of ['10.0.0.3:3', '10.0.0.1:1', '10.0.0.2:2']) wire.send(OUT, answer(round), 0, peer);
  }
  assert.deepEqual(exchanges.map(({ exchange, connection }) => `${connection.info.remote} ${summary(exchange)}`).sort(),
    ['10.0.0.1:1', '10.0.0.2:2', '10.0.0.3:3'].flatMap((peer) => Array<string>(4).fill(`${peer} A web.test 0`)));
});

test('a process that ends takes its unix and datagram sockets along', () => {
  const { connections, texts } = create();
  connections.opened(open(1, { transport: 'unix', pid: 50 }));
  connections.opened(open(2, { pid: 50 }));
  const wire = new Wire(connections, 1);
  wire.send(IN, '*1\r\n$4\r\nPING\r\n');
  connections.exited(50, 9000);
  assert.equal(connections.stats().open, 1, 'the end of TCP is told by the kernel');
  assert.deepEqual(texts(), ['PING no_response']);
});

test('a process that opens a datagram socket for each query does not fill the table', () => {
  const { connections, exchanges } = create();
  for (let id = 1; id <= 2000; id++) {
    connections.opened(open(id, { transport: 'udp', role: 'client', fd: 7, ts: id * 1000 }));
    const wire = new Wire(connections, id, id * 1000);
    wire.send(OUT, query(id));
    wire.send(IN, answer(id));
  }
  assert.equal(exchanges.length, 2000);
  assert.ok(connections.stats().open <= 1, `${connections.stats().open} open`);
});

test('bytes that no protocol knows are given up, and the kernel need not copy more', () => {
  const { connections, captures } = create();
  connections.opened(open(1));
  const wire = new Wire(connections, 1);
  for (let i = 0; i < 40; i++) wire.send(IN, Buffer.alloc(200, 0xf7));
  assert.deepEqual([connections.stats().unclassified, connections.unclassified], [1, 1]);
  assert.equal(captures.get(1), 0);
  wire.close();
  assert.deepEqual([connections.stats().unclassified, connections.unclassified], [0, 1], 'none is open; that there was one stays counted');
});

test('a TCP connection whose end was not told goes a minute after its process, unless another one uses it', () => {
  const { connections, texts, ended } = create();
  for (const id of [1, 2, 3]) connections.opened(open(id));
  const [, inherited] = [1, 2, 3].map((id) => new Wire(connections, id));
  connections.exited(10, 1e9);
  inherited.ns = 2e9;
  inherited.send(IN, GET, 0, undefined, 77);
  inherited.send(OUT, OK, 0, undefined, 77);
  connections.sweep(60e9);
  assert.equal(connections.stats().open, 3, 'for a minute whoever inherited it may speak');
  connections.sweep(62e9);
  assert.deepEqual([connections.stats().open, connections.unclosed, ended], [1, 2, [1, 3]]);
  const late = new Wire(connections, 3, 90e9);
  late.send(IN, GET);
  late.send(OUT, OK);
  assert.deepEqual([texts(), connections.withoutOpening], [['GET /a 200', 'GET /a 200 (joined_mid_stream)'], 0], 'one that was only silent goes on');
});

test('requests that wait when their connection is judged anew are counted', () => {
  const { connections } = create();
  connections.opened(open(1));
  const wire = new Wire(connections, 1);
  wire.send(IN, '*1\r\n$4\r\nPING\r\n');
  for (let i = 0; i < 300; i++) wire.send(OUT, `${String.fromCharCode(0xf0 + i % 8)}garbage\n`);
  assert.equal(connections.dropped, 1);
});

test('where nobody tells who sent a datagram, a socket is one connection, and ids pair what belongs together', () => {
  const { connections, texts } = create(undefined, false);
  connections.opened(open(1, { transport: 'udp', remote: '0.0.0.0:0', preexisting: true }));
  const wire = new Wire(connections, 1);
  for (const id of [1, 2, 3]) wire.send(IN, query(id));
  for (const id of [3, 1, 2]) wire.send(OUT, answer(id), 0, `10.0.0.${id}:${id}`);
  assert.deepEqual(texts(), Array<string>(3).fill('A web.test 0'));
});

test('a connection that was taken for another protocol is judged anew', () => {
  const { connections, texts } = create();
  connections.opened(open(1, { role: 'unknown', preexisting: true }));
  const wire = new Wire(connections, 1);
  wire.send(IN, '*1\r\n$4\r\nPING\r\n');
  for (let i = 0; i < 300; i++) { wire.send(IN, `${String.fromCharCode(0xf0 + i % 8)}garbage\n`); wire.send(OUT, '\x01\x02\x03'); }
  for (let i = 0; i < 6; i++) { wire.send(IN, GET); wire.send(OUT, OK); wire.ns += 1e9; }
  assert.equal(texts().at(-1), 'GET /a 200');
});

test('at the end of the agent what is pending is dropped', () => {
  const { connections, texts } = create();
  connections.opened(open(1));
  new Wire(connections, 1).send(IN, GET);
  connections.finish(5000);
  assert.deepEqual(texts(), []);
  assert.equal(connections.stats().open, 0);
});

test('any calls in any order never throw', () => {
  const id = fc.integer({ min: 1, max: 4 });
  const piece = fc.oneof(fc.constantFrom(GET, OK, '*1\r\n$4\r\nPING\r\n', '+PONG\r\n', 'Q\0\0\0\rSELECT 1\0').map((text) => Buffer.from(text, 'latin1')), fc.uint8Array({ maxLength: 60 }));
  const call = fc.oneof(
    fc.record({ what: fc.constant('data' as const), id, direction: fc.constantFrom(IN, OUT), bytes: piece, missing: fc.nat(300), position: fc.nat(500), udp: fc.boolean() }),
    fc.record({ what: fc.constantFrom('open' as const, 'close' as const, 'shutdown' as const, 'exit' as const, 'sweep' as const), id }),
  );
  fc.assert(fc.property(fc.array(call, { maxLength: 60 }), (calls) => {
    const { connections } = create(1000);
    calls.forEach((one, ns) => {
      if (one.what === 'data') {
        connections.data(one.id, one.direction, ns, 0, 10, 10, one.position, one.bytes.length + one.missing, one.bytes, 0, one.bytes.length, one.udp ? '1.1.1.1:1' : undefined, UNKNOWN_NS);
      } else if (one.what === 'open') connections.opened(open(one.id, { transport: ns % 3 ? 'tcp' : 'unix', preexisting: ns % 2 === 0, ts: ns }));
      else if (one.what === 'close') connections.closed({ id: one.id, ts: ns, errno: 0, by: 'local', counters: null, srttUs: 0, retransmits: 0 });
      else if (one.what === 'shutdown') connections.shutdown(one.id, ns % 2 ? 'local' : 'remote', ns);
      else if (one.what === 'exit') connections.exited(10, ns);
      else connections.sweep(ns * 10);
    });
    connections.finish(1e6);
    assert.equal(connections.stats().open, 0);
  }), { numRuns: 500 });
});
