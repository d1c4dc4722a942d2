import assert from 'node:assert/strict';
import { test } from 'node:test';
import { boundThreads } from './bound-threads.js';
import type { Slice, ThreadTimeline } from './profile.js';

function thread(tid: number, ran: number, more: Partial<ThreadTimeline> = {}): ThreadTimeline {
  const slice: Slice = { startNs: 0, endNs: ran, kind: 'running', syscall: '', object: '', wokenBy: null };
  return { pid: 1, tid, name: '', executed: false, onPath: false, slices: [slice, { ...slice, kind: 'idle' }], ...more };
}
const tids = (threads: ThreadTimeline[]) => threads.map(({ tid }) => tid);

test('within the bounds all threads are there', () => {
  const all = [thread(1, 5), thread(2, 1)];
  assert.deepEqual(boundThreads(all), { threads: all, leftOut: '' });
});

test('beyond them those of the request stay, then who ran longest, in their order', () => {
  const all = [thread(1, 5), thread(2, 1, { onPath: true }), thread(3, 9), thread(4, 2), thread(5, 0, { executed: true })];
  const { threads, leftOut } = boundThreads(all, { threads: 3, slices: 100 });
  assert.deepEqual(tids(threads), [2, 3, 5]);
  assert.equal(leftOut, '2 of 5 threads, those that ran least.');
  assert.deepEqual(tids(boundThreads(all, { threads: 100, slices: 6 }).threads), [2, 3, 5]);
});

test('threads of the request stay whatever the bounds', () => {
  const all = Array.from({ length: 9 }, (_, i) => thread(i, i, { onPath: true }));
  assert.equal(boundThreads(all, { threads: 3, slices: 1 }).threads.length, 9);
});
