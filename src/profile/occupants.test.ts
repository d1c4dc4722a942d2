import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Occupants } from './occupants.js';
import type { SwitchRecord } from './thread-slices.js';

function came(tid: number, onNs: number, before: { pid: number; tid: number; name?: string; kernel?: boolean }): SwitchRecord {
  return {
    pid: 1, tid, offNs: 0, onNs, wokenNs: 0, runDelayNs: 0, state: 0, call: 0, descriptor: 0, address: '', wakerPid: 0, wakerTid: 0,
    beforePid: before.pid, beforeTid: before.tid, beforeName: before.name ?? '', beforeIsKernel: before.kernel,
  };
}

const stranger = { pid: 9, tid: 9 };

test('who was there for most of the wait is named, not who left last', () => {
  const sibling = came(2, 95, stranger);
  const waiting = came(3, 100, { pid: 1, tid: 2 });
  const occupants = new Occupants(new Map([[2, [came(2, 10, stranger), sibling]], [3, [waiting]]]));
  assert.equal(occupants.mostly(waiting, 20), 'another process (pid 9)');
  assert.equal(occupants.mostly(waiting, 96), 'thread 2 of the same process');
});

test('threads of the kernel are called so', () => {
  const waiting = came(3, 100, { pid: 15, tid: 15, name: 'rcu_preempt', kernel: true });
  assert.equal(new Occupants(new Map([[3, [waiting]]])).mostly(waiting, 20), 'the kernel (rcu_preempt)');
});

test('times of one occupant add up over its stays', () => {
  const waiting = came(3, 100, { pid: 1, tid: 2 });
  const occupants = new Occupants(new Map([
    [2, [came(2, 40, { pid: 1, tid: 4 }), came(2, 70, { pid: 5, tid: 5, name: 'backup' })]], [4, [came(4, 10, stranger)]], [3, [waiting]],
  ]));
  // Until 70 it was backup's, whose own coming was not recorded: all before is taken to be its.
  assert.equal(occupants.mostly(waiting, 0), 'backup (pid 5)');
  assert.equal(occupants.mostly(waiting, 50), 'thread 2 of the same process');
});

test('an idle CPU and a wait of no length', () => {
  const waiting = came(3, 100, { pid: 0, tid: 0 });
  const occupants = new Occupants(new Map([[3, [waiting]]]));
  assert.equal(occupants.mostly(waiting, 90), 'an idle CPU that had to wake');
  assert.equal(occupants.mostly(waiting, 100), 'an idle CPU that had to wake');
});

test('threads that take turns without end are followed for a while only', () => {
  const turns = (tid: number, other: number) => Array.from({ length: 5_000 }, (_, i) => came(tid, i * 2 + tid, { pid: 1, tid: other }));
  const waiting = came(3, 20_000, { pid: 1, tid: 2 });
  const occupants = new Occupants(new Map([[1, turns(1, 2)], [2, turns(2, 1)], [3, [waiting]]]));
  assert.match(occupants.mostly(waiting, 0), /^thread [12] of the same process$/);
});
