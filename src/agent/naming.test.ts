import assert from 'node:assert/strict';
import { test } from 'node:test';
import { IN, OUT, UNKNOWN_NS, type ConnectionOpened } from '../events/observation.js';
import { DEFAULT_REQUEST_OPTIONS } from '../requests/builder.js';
import { WallClock } from '../requests/clock.js';
import { RecordedNames } from './naming.js';
import { createPipeline } from './pipeline.js';

const SECOND_NS = 1e9;
const CLIENT = '127.0.0.1:40000';
const SERVER = '127.0.0.1:80';

test('a caller is not named after the process that had its port before', () => {
  const callers: string[] = [];
  const { observer } = createPipeline({
    requests: DEFAULT_REQUEST_OPTIONS, noResponseTimeoutMs: 1000, clock: new WallClock(0n), startSeconds: 0, names: new RecordedNames(),
    onRecord: (record) => { if (record.role === 'server') callers.push(record.peerService); },
  });
  const open = (id: number, role: 'server' | 'client', ts: number): void => {
    const [local, remote] = role === 'server' ? [SERVER, CLIENT] : [CLIENT, SERVER];
    const info: ConnectionOpened = {
      id, role, local, remote, ts, pid: id, tid: id, comm: role === 'server' ? 'web' : `caller-${id}`, fd: 3, transport: 'tcp', netns: 1, cgroupId: 1, preexisting: false,
    };
    observer.opened(info);
  };
  const close = (id: number, ts: number): void => observer.closed({ id, ts, errno: 0, by: 'local', counters: null, srttUs: 0, retransmits: 0 });
  const ask = (id: number, ts: number, answered: () => void = () => {}): void => {
    for (const [direction, text] of [[IN, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'], [OUT, 'HTTP/1.1 204 No Content\r\n\r\n']] as const) {
      if (direction === OUT) answered();
      observer.data(id, direction, ts, 0, id, id, 0, text.length, Buffer.from(text), 0, text.length, undefined, UNKNOWN_NS);
    }
  };
  open(1, 'client', 0);
  open(2, 'server', 0);
  // The client has gone when the server answers: the answer was to it all the same.
  ask(2, SECOND_NS, () => close(1, SECOND_NS));
  close(2, SECOND_NS);
  // The same port two minutes later, from a process that is not observed.
  open(3, 'server', 120 * SECOND_NS);
  ask(3, 121 * SECOND_NS);
  // And from one that is.
  open(4, 'client', 240 * SECOND_NS);
  open(5, 'server', 240 * SECOND_NS);
  ask(5, 241 * SECOND_NS);
  assert.deepEqual(callers, ['caller-1', '127.0.0.1', 'caller-4']);
});
