import assert from 'node:assert/strict';
import test from 'node:test';
import { momentsOf, withPath } from './moments.js';
import type { PathSegment, RequestEnds } from './profile.js';

const MS = 1e6;
const FROM = 5_000 * MS;
const request: RequestEnds = { id: '1', role: 'server', service: 'shop', protocol: 'http', endpoint: '/buy', startNs: 20 * MS, endNs: 90 * MS, tid: 11, responseTid: 12 };
const none = { lives: [], retransmits: [], pid: 10, fromNs: FROM, toNs: FROM + 100 * MS };

test('when it was read and when its response began, each on the thread that did it, if that is known', () => {
  assert.deepEqual(momentsOf({ ...none, request: { ...request, readNs: 40 * MS, firstByteNs: 80 * MS } }), [
    { ns: 40 * MS, kind: 'read', pid: 10, tid: 11, text: '' }, { ns: 80 * MS, kind: 'first_byte', pid: 10, tid: 12, text: '' },
  ]);
  assert.deepEqual(momentsOf({ ...none, request }), []);
});

test('threads and lost packets within the window are in order of time', () => {
  const life = { pid: 10, tid: 13, name: 'helper', parentPid: 10, parentTid: 11 };
  const found = momentsOf({
    ...none, request: { ...request, readNs: 40 * MS },
    lives: [{ ...life, ns: FROM + 60 * MS, what: 'ended' }, { ...life, ns: FROM + 30 * MS, what: 'started' }, { ...life, ns: FROM - 1, what: 'started' }, { ...life, ns: FROM + 31 * MS, what: 'named' }],
    retransmits: [{ ns: FROM + 50 * MS, local: '10.0.0.1:80', remote: '10.0.0.2:4000', srttUs: 1_500, netns: 1 }],
  });
  assert.deepEqual(found.map(({ ns, kind, text }) => [ns / MS, kind, text]), [
    [30, 'thread_started', 'helper'], [40, 'read', ''], [50, 'retransmit', '10.0.0.1:80 → 10.0.0.2:4000, round trip 1.5 ms'], [60, 'thread_ended', 'helper'],
  ]);
});

test('collections and the CPU limit stand where the path met them, once, however often it is concluded', () => {
  const segment = (startMs: number, endMs: number, kind: PathSegment['kind'], object = ''): PathSegment => ({ startNs: startMs * MS, endNs: endMs * MS, kind, object, tid: 11, call: null });
  const path = [segment(20, 30, 'cpu'), segment(30, 40, 'gc', 'garbage collection'), segment(40, 40.5, 'gc'), segment(40.5, 70, 'throttled', 'CPU limit of its cgroup')];
  const threads = [{ pid: 10, tid: 11, name: 'main' }];
  const once = withPath(momentsOf({ ...none, request: { ...request, firstByteNs: 80 * MS } }), path, threads);
  assert.deepEqual(once.map(({ ns, kind, pid, text }) => [ns / MS, kind, pid, text]), [
    [30, 'gc', 10, 'garbage collection'], [40.5, 'throttled', 10, 'CPU limit of its cgroup'], [80, 'first_byte', 10, ''],
  ]);
  assert.deepEqual(withPath(once, path, threads), once);
});
