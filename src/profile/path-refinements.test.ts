import assert from 'node:assert/strict';
import test from 'node:test';
import { withCollections, withThrottling } from './path-refinements.js';
import type { LedgerKind, PathSegment, Pressure } from './profile.js';
import type { Stacks } from './stacks.js';

const MS = 1e6;
const segment = (startMs: number, endMs: number, kind: LedgerKind, object = ''): PathSegment => ({ startNs: startMs * MS, endNs: endMs * MS, kind, tid: 1, object, call: null });
const told = (path: readonly PathSegment[]): string[] => path.map(({ startNs, endNs, kind }) => `${startNs / MS}-${endNs / MS} ${kind}`);

/** At these ms: g in the collector, c in the program. */
function sampled(at: Record<number, 'g' | 'c'>): Stacks {
  return {
    frames: ['v8::internal::Heap::CollectGarbage', 'render'].map((name) => ({ name, kind: 'native', module: 'node', file: '', line: 0, inlined: false })),
    stacks: [{ frames: [0, 1], truncated: '' }, { frames: [1], truncated: '' }], pending: false,
    samples: Object.entries(at).map(([ms, what]) => ({ ns: Number(ms) * MS, pid: 1, tid: 1, stack: what === 'g' ? 0 : 1, weightNs: 10 * MS })),
  };
}

test('time on CPU in which the samples were in a collector is garbage collection', () => {
  assert.deepEqual(told(withCollections([segment(0, 60, 'cpu')], sampled({ 5: 'c', 15: 'c', 25: 'g', 35: 'g', 45: 'c', 55: 'c' }))), ['0-20 cpu', '20-40 gc', '40-60 cpu']);
  assert.deepEqual(told(withCollections([segment(0, 60, 'cpu')], sampled({ 5: 'c', 15: 'c' }))), ['0-60 cpu']);
});

test('stretches too short for a sample are what came before and after', () => {
  const path = [segment(0, 10, 'cpu'), segment(10, 12, 'run_queue'), segment(12, 14, 'cpu'), segment(14, 20, 'run_queue'), segment(20, 30, 'cpu'), segment(30, 33, 'cpu', 'x')];
  assert.deepEqual(told(withCollections(path, sampled({ 5: 'g', 25: 'g' }))), ['0-10 gc', '10-12 run_queue', '12-14 gc', '14-20 run_queue', '20-30 gc', '30-33 cpu']);
});

const pressure = (throttledMs: number): Pressure => ({ throttled: throttledMs > 0 ? 3 : 0, throttledNs: throttledMs * MS, majorFaults: 0 });

test('waits for a CPU while the cgroup was held back are its limit\'s, as far as that accounts for them', () => {
  const path = [segment(0, 10, 'cpu'), segment(10, 70, 'run_queue', 'an idle CPU that had to wake'), segment(70, 80, 'cpu'), segment(80, 81, 'run_queue'), segment(81, 140, 'run_queue', 'backup (pid 8)')];
  assert.deepEqual(told(withThrottling(path, pressure(60))), ['0-10 cpu', '10-70 throttled', '70-80 cpu', '80-81 run_queue', '81-140 run_queue']);
  assert.deepEqual(told(withThrottling(path, pressure(120))).filter((line) => line.endsWith('throttled')), ['10-70 throttled', '81-140 throttled']);
  assert.deepEqual(withThrottling(path, pressure(0)), path);
});
