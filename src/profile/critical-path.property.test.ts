import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { criticalPath } from './critical-path.js';
import { ledgerOf } from './ledger.js';
import type { PathInput } from './path-input.js';
import { withCollections, withThrottling } from './path-refinements.js';
import type { CallRef, PathSegment, Slice, SliceKind, ThreadTimeline } from './profile.js';
import type { Stacks } from './stacks.js';
import { verdictOf } from './verdict.js';

const KINDS: SliceKind[] = ['running', 'run_queue', 'lock', 'network', 'file', 'fault', 'sleep', 'idle', 'other'];
const tid = fc.integer({ min: 1, max: 6 });
/** Threads 5 and 6 are of other processes. */
const pidOf = (id: number): number => Math.max(1, id - 3);
const waker = fc.option(fc.tuple(tid, fc.constantFrom('', 'VM Thread')).map(([id, name]) => ({ pid: pidOf(id), tid: id, name: name || `t${id}` })));
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
  const thread = fc.record({ tid, slices }).map((one): ThreadTimeline => ({ pid: pidOf(one.tid), name: `t${one.tid}`, executed: false, onPath: false, ...one }));
  const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined });
  const server = fc.record({ id: fc.constantFrom('s0', 's1'), pid: fc.constantFrom(1, 2, 3), requestTid: tid, responseTid: tid, startNs: at, endNs: at });
  const call = fc.record({
    id: fc.string({ maxLength: 4 }), startNs: at, endNs: at, tid, server: maybe(server), connectNs: maybe(at), sentNs: maybe(at), firstByteNs: maybe(at), readNs: maybe(at),
    retransmittedNs: maybe(fc.array(at, { maxLength: 3 })), rttNs: maybe(at), retransmits: maybe(fc.nat(3)), protocol: fc.constantFrom('postgres', 'x', 'dns'),
  }).map((one): CallRef => ({ service: 'db', endpoint: `q${one.id}`, client: 'c', ...one }));
  const views = fc.tuple(call, call).map(([a, b]) => [{ ...a, id: 's0' }, { ...b, id: 's1' }]);
  const process = fc.record({ pid: fc.constantFrom(1, 2, 3), name: fc.constant('pg'), service: fc.constant('db'), calls: fc.array(call, { maxLength: 3 }), requests: views });
  return fc.record({
    processes: maybe(fc.array(process, { maxLength: 3 })), request: maybe(call.map((one) => ({ ...one, role: 'server' as const }))),
    threads: fc.array(thread, { maxLength: 6 }), requestStartNs: fc.nat(200), requestEndNs: fc.nat(600), requestReadNs: fc.option(at, { nil: undefined }),
    requestTid: tid, responseTid: tid, calls: fc.array(call, { maxLength: 6 }), otherRequests: fc.array(call, { maxLength: 6 }),
  });
}

const STACKS: Stacks = {
  frames: ['burn', 'v8::internal::Heap::CollectGarbage'].map((name) => ({ name, kind: 'native', module: 'node', file: '', line: 0, inlined: false })),
  stacks: [{ frames: [0], truncated: '' }, { frames: [1, 0], truncated: '' }],
  samples: Array.from({ length: 120 }, (_, i) => ({ ns: i * 5, pid: 1, tid: 1 + (i % 3), stack: Number(i % 7 < 3), weightNs: 15 })), pending: false,
};

/** In order, without overlaps, within; holes are allowed inside of others. */
function isInOrder(path: readonly PathSegment[], fromNs: number, toNs: number): void {
  let endNs = fromNs;
  for (const segment of path) {
    assert.ok(segment.startNs >= endNs && segment.endNs > segment.startNs && segment.endNs <= toNs, JSON.stringify([path, fromNs, toNs]));
    endNs = segment.endNs;
    isInOrder(segment.inside ?? [], segment.startNs, segment.endNs);
  }
}

function holds(input: PathInput): void {
  const plain = criticalPath(input);
  const path = withThrottling(withCollections(plain, STACKS), { throttled: 3, throttledNs: 100, majorFaults: 1 });
  isInOrder(path, input.requestStartNs, input.requestEndNs);
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
  const verdict = verdictOf({ label: 'GET /', input, path, ledger, usual: { durationNs: 10, ledger: [] }, stacks: STACKS }).verdict;
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
