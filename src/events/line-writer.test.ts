import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LineReader } from './lines.js';
import { LineWriter } from './line-writer.js';
import { IN, OUT, UNKNOWN_NS, type ConnectionOpened, type Observer } from './observation.js';

/** What an observer was told, as comparable values. */
function recorder(): { calls: unknown[]; observer: Observer } {
  const calls: unknown[] = [];
  const observer: Observer = {
    opened: ({ role, local, remote, preexisting, ts }) => calls.push(['open', role, local, remote, preexisting, ts]),
    connected: ({ errno, dur, ts }) => calls.push(['connect', errno, dur, ts]),
    data: (_id, direction, ts, _dur, pid, tid, position, bytes, buffer, offset, length, _peer, unreadNs) =>
      calls.push(['data', direction, ts, unreadNs, pid, tid, position, bytes, Buffer.from(buffer.slice(offset, offset + length)).toString('latin1')]),
    shutdown: (_id, by, ts) => calls.push(['shutdown', by, ts]),
    closed: ({ errno, by, ts }) => calls.push(['close', errno, by, ts]),
  };
  return { calls, observer };
}

const info: ConnectionOpened = {
  id: 5, pid: 7, tid: 8, comm: 'app', fd: 3, transport: 'tcp', role: 'server', local: '127.0.0.1:80', remote: '127.0.0.1:40000', netns: 1, cgroupId: 1, ts: 100, preexisting: false,
};

function tell(observer: Observer): void {
  observer.opened({ ...info, id: 4, preexisting: true });
  observer.opened(info);
  observer.data(5, IN, 200, 0, 7, 8, 0, 10, Buffer.from('..GET \x00\xff..'), 2, 6, undefined, 5000);
  observer.data(5, OUT, 300, 0, 7, 9, 40, 4, Buffer.from('pong'), 0, 4, undefined, UNKNOWN_NS);
  observer.shutdown(5, 'remote', 400);
  observer.closed({ id: 5, ts: 500, errno: 104, by: 'local', counters: null, srttUs: 0, retransmits: 0 });
}

test('what is written is read back as it was, at any Unix time', () => {
  const direct = recorder();
  tell(direct.observer);
  const lines: string[] = [];
  tell(new LineWriter((line) => lines.push(line), () => 1_763_871_764_000_000_000n));
  const again = recorder();
  const reader = new LineReader(again.observer, (offset) => assert.equal(offset, 1_763_871_764_000_000_000n));
  for (const line of lines) assert.equal(reader.read(line), null);
  assert.deepEqual(again.calls, direct.calls);
});

test('a connect and its connection are one line; a refused one stands alone', () => {
  const lines: string[] = [];
  const writer = new LineWriter((line) => lines.push(line), () => 0n);
  const connect = { ...info, role: undefined, dur: 50, errno: 0 };
  writer.connected(connect);
  writer.opened({ ...info, role: 'client' });
  writer.connected({ ...connect, id: 6, errno: 111 });
  assert.deepEqual(lines.map((line) => { const { type, conn, errno, dur } = JSON.parse(line) as Record<string, unknown>; return [type, conn, errno, dur]; }),
    [['connect', '5', 0, 50], ['connect', '6', 111, 50]]);
});

test('each peer of a datagram socket is a connection of its own, and who is asked is the server', () => {
  const { calls, observer } = recorder();
  const reader = new LineReader(observer);
  const writer = new LineWriter((line) => assert.equal(reader.read(line), null), () => 0n);
  writer.opened({ ...info, transport: 'udp', role: 'unknown', local: '127.0.0.1:53', remote: '0.0.0.0:0', preexisting: true });
  for (const peer of ['10.0.0.1:1', '10.0.0.2:2']) writer.data(5, IN, 200, 0, 7, 8, 900, 1, Buffer.from('q'), 0, 1, peer, UNKNOWN_NS);
  assert.deepEqual(calls.filter((call) => (call as unknown[])[0] === 'open').map((call) => (call as unknown[]).slice(2, 4)), [['127.0.0.1:53', '10.0.0.1:1'], ['127.0.0.1:53', '10.0.0.2:2']]);
});
