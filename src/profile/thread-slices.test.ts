import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { NO_CALL } from './system-calls.js';
import { ThreadNotes } from './thread-notes.js';
import { timelines, type Surroundings, type SwitchRecord } from './thread-slices.js';

const FUTEX = 202;
const surroundings: Surroundings = {
  threadName: (_pid, tid) => `t${tid}`,
  descriptor: (_pid, fd) => (fd === 3 ? { kind: 'network', name: '10.0.0.1:5432' } : { kind: 'file', name: '/data/x' }),
};

function off(offNs: number, onNs: number, more: Partial<SwitchRecord> = {}): SwitchRecord {
  return {
    pid: 1, tid: 2, offNs, onNs, wokenNs: 0, runDelayNs: 0, state: 1, call: NO_CALL, descriptor: 0, address: '0x0', wakerPid: 0, wakerTid: 0,
    beforePid: 0, beforeTid: 0, beforeName: '', ...more,
  };
}

const slices = (switches: SwitchRecord[], fromNs = 0, toNs = 1_000) => timelines({ switches, fromNs, toNs, surroundings })[0]?.slices ?? [];

test('a blocked thread waits until it is woken, then for a CPU, then runs', () => {
  const found = slices([off(100, 300, { call: FUTEX, address: '0x7f10', wokenNs: 250, wakerPid: 1, wakerTid: 9 }), off(400, 500, { state: 0, beforePid: 7, beforeName: 'backup' })]);
  assert.deepEqual(found.map(({ startNs, endNs, kind, object }) => [startNs, endNs, kind, object]), [
    [100, 250, 'lock', '0x7f10'], [250, 300, 'run_queue', 'an idle CPU that had to wake'], [300, 400, 'running', ''],
    [400, 500, 'run_queue', 'backup (pid 7)'],
  ]);
  assert.deepEqual(found[0].wokenBy, { pid: 1, tid: 9, name: 't9' });
});

test('a descriptor says whether a read waits for the network or a disk', () => {
  assert.deepEqual(slices([off(0, 10, { call: 0, descriptor: 3 })])[0].kind, 'network');
  assert.deepEqual(slices([off(0, 10, { call: 0, descriptor: 5 })])[0].kind, 'file');
});

test('an uninterruptible wait outside of a system call is a page fault', () => {
  assert.equal(slices([off(0, 10, { state: 2 })])[0].kind, 'fault');
});

test('slices never overlap, never leave a hole, and stay within the window', () => {
  fc.assert(fc.property(fc.array(fc.tuple(fc.nat(50), fc.nat(50), fc.nat(60), fc.constantFrom(0, 1, 2)), { minLength: 1, maxLength: 40 }), fc.nat(500), fc.nat(1_500), (steps, from, length) => {
    let now = 0;
    const records = steps.map(([running, waiting, woken, state]) => {
      const start = now + running;
      now = start + waiting;
      return off(start, now, { state, wokenNs: state === 0 ? 0 : start + woken });
    });
    const found = slices(records, from, from + length);
    for (const slice of found) assert.ok(slice.startNs >= 0 && slice.endNs <= length && slice.endNs > slice.startNs);
    for (let i = 1; i < found.length; i++) assert.equal(found[i].startNs, found[i - 1].endNs);
  }));
});

test('a note of the call names what it was about, whatever its descriptor is now, and where the block was', () => {
  const operation = { ns: 60, offNs: 10, pid: 1, tid: 2, call: 7, result: 1, fd: 9, kind: 'network' as const, object: '10.0.0.9:6379', srttUs: 80, retransmits: 0 };
  const stack = { ip: 1, sp: 2, bp: 3, registers: null, bytes: new Uint8Array(), framePointers: new BigUint64Array(), kernel: new BigUint64Array() };
  const notes = new ThreadNotes([{ ns: 60, offNs: 10, pid: 1, tid: 2, stack }], [operation]);
  const switches = [off(10, 20, { call: 7 }), off(30, 50, { call: 7 }), off(70, 90, { call: 7 })];
  const [{ slices: found }] = timelines({ switches, fromNs: 0, toNs: 100, surroundings, notes });
  assert.deepEqual(found.filter(({ kind }) => kind !== 'running').map(({ startNs, kind, object, result, stack: at }) => [startNs, kind, object, result, at]), [
    [10, 'network', '10.0.0.9:6379', 1, 0], [30, 'network', '10.0.0.9:6379', 1, 0], [70, 'idle', '', undefined, undefined],
  ]);
});

test('a thread that ended ran until then', () => {
  const life = { ns: 40, pid: 1, tid: 2, what: 'ended' as const, name: 'brief', parentPid: 0, parentTid: 0 };
  const [{ slices: found }] = timelines({ switches: [off(0, 10, { state: 0 })], fromNs: 0, toNs: 100, surroundings, lives: [life] });
  assert.deepEqual(found.map(({ startNs, endNs, kind }) => [startNs, endNs, kind]), [[0, 10, 'run_queue'], [10, 40, 'running']]);
});

test('what a thread did when the window was read reaches back to its last switch', () => {
  const running = [{ ns: 500, pid: 1, tid: 2 }, { ns: 500, pid: 1, tid: 9 }];
  const found = timelines({ switches: [off(20, 30), off(60, 500, { tid: 3 })], fromNs: 0, toNs: 100, surroundings, running });
  assert.deepEqual(found.map(({ tid, slices: of }) => [tid, ...of.map(({ startNs, endNs, kind }) => `${startNs}-${endNs} ${kind}`)]), [
    [2, '20-30 other', '30-100 running'], [3, '60-100 other'], [9, '0-100 running'],
  ]);
});

test('where switches were overwritten nothing is drawn between two of them: a thread need not have run there', () => {
  const running = [{ ns: 900, pid: 1, tid: 3 }];
  // Remembered on one CPU: 100-120; between it and 520 those of the other CPU may be missing.
  const switches = [off(100, 120), off(300, 700), off(750, 800), off(400, 510, { tid: 4 }), off(100, 200, { tid: 5 })];
  const found = timelines({ switches, fromNs: 0, toNs: 1_000, surroundings, running, wholeFromNs: 500 });
  assert.deepEqual(found.map(({ tid, slices: of }) => [tid, ...of.map(({ startNs, endNs, kind }) => `${startNs}-${endNs} ${kind}`)]), [
    [2, '300-700 other', '700-750 running', '750-800 other'], [3, '500-900 running'], [4, '400-510 other'],
  ]);
});

test('a thread that was started in the window says by whom', () => {
  const life = { ns: 40, pid: 1, tid: 2, what: 'started' as const, name: 'brief', parentPid: 1, parentTid: 7 };
  const of = (fromNs: number) => timelines({ switches: [off(40, 60, { state: 0 }), off(80, 90)], fromNs, toNs: 100, surroundings, lives: [life] })[0].startedBy;
  assert.deepEqual([of(0), of(50)], [{ pid: 1, tid: 7, ns: 40 }, undefined]);
});

test('a thread that has had its CPU since before anything that is looked at ran at least since its first sample', () => {
  const samples = [{ ns: 30, pid: 1, tid: 2 }, { ns: 90, pid: 1, tid: 2 }, { ns: 10, pid: 1, tid: 3 }];
  const switches = [off(120, 150), off(5, 8, { tid: 3 })];
  const of = (wholeFromNs: number) => timelines({ switches, samples, fromNs: 0, toNs: 200, surroundings, wholeFromNs })
    .map(({ tid, slices: found }) => [tid, ...found.map(({ startNs, endNs, kind }) => `${startNs}-${endNs} ${kind}`)]);
  assert.deepEqual(of(-Infinity), [[2, '30-120 running', '120-150 other'], [3, '5-8 other']]);
  assert.deepEqual(of(40), [[2, '90-120 running', '120-150 other']]);
});
