import assert from 'node:assert/strict';
import test from 'node:test';
import type { LifeRecord } from './evidence.js';
import { ProcessObjects, seenNames } from './process-objects.js';
import type { SwitchRecord } from './thread-slices.js';

/** Above any id that the kernel gives. */
const ENDED = 0x7ffffff0;
const life = (tid: number, what: LifeRecord['what'], name: string): LifeRecord => ({ ns: 1, pid: ENDED, tid, what, name, parentPid: 1, parentTid: 1 });
const after = (beforeTid: number, beforeName: string): SwitchRecord => ({
  pid: 1, tid: 1, offNs: 0, onNs: 1, wokenNs: 0, runDelayNs: 0, state: 0, call: 0, descriptor: 0, address: '', wakerPid: 0, wakerTid: 0, beforePid: ENDED, beforeTid, beforeName,
});

test('a thread that has ended is called as its end was recorded, else as it was last called', () => {
  const objects = new ProcessObjects([], [life(ENDED + 1, 'started', 'sh'), life(ENDED + 1, 'ended', 'backup'), life(ENDED + 2, 'named', 'flusher')]);
  assert.equal(objects.threadName(ENDED, ENDED + 1), 'backup');
  assert.equal(objects.threadName(ENDED, ENDED + 2), 'flusher');
});

test('without any life recorded it is called as whoever got its CPU saw it, else like its program', () => {
  const processes = [{ pid: ENDED, name: 'postgres', service: 'db', calls: [], requests: [] }];
  const objects = new ProcessObjects([], [], seenNames([after(ENDED + 1, 'worker'), after(ENDED + 2, '')], processes));
  assert.equal(objects.threadName(ENDED, ENDED + 1), 'worker');
  assert.equal(objects.threadName(ENDED, ENDED + 2), 'postgres');
  assert.equal(objects.threadName(ENDED - 1, ENDED + 3), 'ended thread');
});

test('a thread that lives is called as it is called now', () => {
  const own = new ProcessObjects([], [], seenNames([after(process.pid, 'old name')], [])).threadName(process.pid, process.pid);
  assert.ok(own !== 'old name' && own !== 'ended thread', own);
});
