import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import type { PathSegment, Profile, Slice, SliceKind, ThreadTimeline } from '../../src/server/api.js';
import { lanesOf, runsOf, sliceAt, sliceNear } from './lanes.js';
import { readSlice, sliceParams, stepped, writeSlice } from './selection.js';

/** `running 10, lock 30`: slices one after the other from 0. */
function slices(text: string): Slice[] {
  let at = 0;
  return text.split(', ').map((part) => {
    const [kind, ns] = part.split(' ');
    return { startNs: at, endNs: (at += Number(ns)), kind: kind as SliceKind, syscall: '', object: '', wokenBy: null };
  });
}

const thread = (tid: number, text: string, more: Partial<ThreadTimeline> = {}): ThreadTimeline => ({ pid: 1, tid, name: `t${tid}`, executed: false, onPath: false, slices: slices(text), ...more });
const lazy = thread(1, 'idle 100');
const busy = thread(2, 'running 60, idle 40');
const holder = thread(3, 'running 100', { onPath: true });
const worker = thread(4, 'running 10, lock 80, running 10', { onPath: true, executed: true });
const profile = {
  threads: [lazy, busy, holder, worker], path: [{ tid: 4, startNs: 0, endNs: 10 }, { tid: 3, startNs: 10, endNs: 90 }, { tid: 4, startNs: 90, endNs: 100 }],
} as Profile;

test('lanes: who executed it, then the path in its order, then the rest by time on CPU', () => {
  assert.deepEqual(lanesOf(profile, false).map((one) => one.tid), [4, 3]);
  assert.deepEqual(lanesOf(profile, true).map((one) => one.tid), [4, 3, 2, 1]);
});

test('the slice at a time is found; beside the slices the nearest within reach', () => {
  const late = slices('idle 100, running 10, lock 30').slice(1);
  assert.equal(sliceAt(late, 99), -1);
  assert.equal(sliceAt(late, 100), 0);
  assert.equal(sliceAt(late, 110), 1, 'an end belongs to the next');
  assert.equal(sliceAt(late, 140), -1);
  assert.equal(sliceNear(late, 95, 10), 0);
  assert.equal(sliceNear(late, 145, 10), 1);
  assert.equal(sliceNear(late, 80, 10), -1);
  assert.equal(sliceNear([], 5, Infinity), -1);
});

test('slices narrower than a pixel share one: the kind that has most of it', () => {
  const many = slices('running 600, lock 300, running 100, file 1000, lock 200, running 600, lock 200');
  assert.deepEqual(runsOf(many, { fromNs: 0, toNs: 4_000 }, 4), [
    { fromX: 0, toX: 1, kind: 'running', index: -1 }, { fromX: 1, toX: 2, kind: 'file', index: 3 }, { fromX: 2, toX: 3, kind: 'running', index: -1 },
  ]);
});

test('rectangles stay within the plot, in order, and never more than two a pixel', () => {
  const kind = fc.constantFrom<SliceKind>('running', 'run_queue', 'lock', 'idle');
  fc.assert(fc.property(fc.array(fc.tuple(kind, fc.integer({ min: 1, max: 5_000 })), { minLength: 1, maxLength: 400 }), fc.integer({ min: 0, max: 900 }), fc.integer({ min: 1, max: 200 }), (parts, from, width) => {
    const all = slices(parts.map(([name, ns]) => `${name} ${ns}`).join(', '));
    const runs = runsOf(all, { fromNs: from, toNs: from + 1_000 * width }, width);
    assert.ok(runs.length <= 2 * width + 1);
    runs.forEach((run, i) => assert.ok(run.fromX >= 0 && run.toX <= width + 1e-9 && run.toX > run.fromX && (i === 0 || run.fromX >= Math.floor(runs[i - 1].fromX))));
  }));
});

test('a slice in the address is found again; a thread that is not on the path is shown among all', () => {
  assert.deepEqual(readSlice(writeSlice(4, 10), profile), { thread: worker, index: 1 });
  for (const text of [null, '4', '9:10', '4:1000', 'x:1']) assert.equal(readSlice(text, profile), null, String(text));
  assert.deepEqual(sliceParams(profile, 4, 50), { slice: '4:10' });
  assert.deepEqual(sliceParams(profile, 2, 70), { slice: '2:60', threads: 'all' });
  assert.equal(sliceParams(profile, 77, 0), null, 'a waker of another process');
});

test('steps go along the thread, and to other threads at the same time', () => {
  const lanes = [worker, { ...lazy, slices: [] }, holder];
  assert.deepEqual(stepped(lanes, { thread: worker, index: 2 }, 1, 0), { thread: worker, index: 2 });
  assert.deepEqual(stepped(lanes, { thread: worker, index: 2 }, -1, 0), { thread: worker, index: 1 });
  assert.deepEqual(stepped(lanes, { thread: worker, index: 1 }, 0, 1), { thread: holder, index: 0 }, 'a thread without slices is passed');
  assert.deepEqual(stepped(lanes, { thread: worker, index: 1 }, 0, -1), { thread: worker, index: 1 });
});

test('threads of a traced peer that the path leads into have a part in it', () => {
  const inside: PathSegment[] = [{ startNs: 0, endNs: 5, kind: 'cpu', tid: 8, object: '', call: null }];
  const profile = { path: [{ startNs: 0, endNs: 9, kind: 'peer', tid: 1, object: '', call: null, inside }], threads: [thread(9, 'idle 9'), thread(8, 'idle 9'), thread(1, 'idle 9', { executed: true })] } as unknown as Profile;
  assert.deepEqual(lanesOf(profile, false).map(({ tid }) => tid), [1, 8]);
});
