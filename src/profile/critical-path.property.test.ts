import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { criticalPath } from './critical-path.js';
import { ledgerOf } from './ledger.js';
import type { PathInput } from './path-input.js';
import type { CallRef, Slice, SliceKind, ThreadTimeline } from './profile.js';
import { verdictOf } from './verdict.js';

const KINDS: SliceKind[] = ['running', 'run_queue', 'lock', 'network', 'file', 'fault', 'sleep', 'idle', 'other'];
const tid = fc.integer({ min: 1, max: 6 });
const waker = fc.option(tid.map((id) => ({ pid: 1, tid: id, name: `t${id}` })));
const object = fc.constantFrom('', '0x1', '0x2', '/a', 'a[b]{c}$&');

/** Back to back, as the recorder gives them, with some holes. */
const timeline = fc.array(fc.record({ kind: fc.constantFrom(...KINDS), length: fc.nat(30), hole: fc.boolean(), object, wokenBy: waker }), { maxLength: 40 })
  .map((runs) => {
    const slices: Slice[] = [];
    let ns = 0;
    for (const { length, hole, ...slice } of runs) {
      if (!hole || length % 5) slices.push({ startNs: ns, endNs: ns + length, syscall: '', ...slice });
      ns += length;
    }
    return slices;
  });
/** Anything at all: overlapping, backwards, not even numbers. */
const time = fc.oneof(fc.integer({ min: -50, max: 600 }), fc.constantFrom(NaN, Infinity, -Infinity));
const garbage = fc.array(fc.record({ startNs: time, endNs: time, kind: fc.constantFrom(...KINDS), syscall: fc.constant(''), object, wokenBy: waker }), { maxLength: 40 });

function inputs(slices: fc.Arbitrary<Slice[]>, at: fc.Arbitrary<number>): fc.Arbitrary<PathInput> {
  const thread = fc.record({ tid, slices }).map((one): ThreadTimeline => ({ pid: 1, name: `t${one.tid}`, executed: false, onPath: false, ...one }));
  const call = fc.record({ id: fc.string({ maxLength: 4 }), startNs: at, endNs: at, tid })
    .map((one): CallRef => ({ service: 'db', protocol: 'x', endpoint: `q${one.id}`, ...one }));
  return fc.record({
    threads: fc.array(thread, { maxLength: 6 }), requestStartNs: fc.nat(200), requestEndNs: fc.nat(600), requestReadNs: fc.option(at, { nil: undefined }),
    requestTid: tid, responseTid: tid, calls: fc.array(call, { maxLength: 6 }), otherRequests: fc.array(call, { maxLength: 6 }),
  });
}

function holds(input: PathInput): void {
  const path = criticalPath(input);
  const durationNs = Math.max(0, input.requestEndNs - input.requestStartNs);
  if (durationNs > 0) {
    assert.equal(path[0].startNs, input.requestStartNs);
    assert.equal(path[path.length - 1].endNs, input.requestEndNs);
  } else assert.equal(path.length, 0);
  path.forEach((segment, i) => {
    assert.ok(segment.endNs > segment.startNs);
    if (i > 0) assert.equal(segment.startNs, path[i - 1].endNs);
  });
  const ledger = ledgerOf(path, durationNs);
  assert.equal(ledger.reduce((sum, entry) => sum + entry.ns, 0), durationNs);
  const verdict = verdictOf({ label: 'GET /', input, path, ledger, usualNs: 10 }).verdict;
  assert.match(verdict, /^GET \/ took /);
  assert.doesNotMatch(verdict, /undefined|NaN|\{(label|took|time|share|thread)\}/);
}

test('the path covers the request without hole or overlap and the ledger sums to it, for well-formed timelines', () => {
  fc.assert(fc.property(inputs(timeline, fc.integer({ min: 0, max: 600 })), holds), { numRuns: 2000 });
});

test('so they do for garbage', () => {
  fc.assert(fc.property(inputs(garbage, time), holds), { numRuns: 2000 });
});

test('two threads that woke each other ten thousand times are walked in less than a second of CPU', () => {
  const ping: Slice[] = [];
  const pong: Slice[] = [];
  for (let i = 0; i < 20_000; i++) {
    const at = { startNs: i * 100, endNs: (i + 1) * 100, syscall: 'futex', object: '0x1' };
    const other = (id: number): Pick<Slice, 'wokenBy' | 'kind'> => ({ kind: 'lock', wokenBy: { pid: 1, tid: id, name: '' } });
    ping.push(i % 2 ? { ...at, ...other(2) } : { ...at, kind: 'running', wokenBy: null });
    pong.push(i % 2 ? { ...at, kind: 'running', wokenBy: null } : { ...at, ...other(1) });
  }
  const thread = (id: number, slices: Slice[]): ThreadTimeline => ({ pid: 1, tid: id, name: '', executed: true, onPath: true, slices });
  const before = process.cpuUsage();
  const path = criticalPath({
    threads: [thread(1, ping), thread(2, pong)], requestStartNs: 0, requestEndNs: 2e6, requestTid: 1, responseTid: 1, calls: [], otherRequests: [],
  });
  assert.equal(path[0].startNs, 0);
  const { user } = process.cpuUsage(before);
  assert.ok(user < 1e6, `${user} us`);
});
