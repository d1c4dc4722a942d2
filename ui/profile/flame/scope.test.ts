import assert from 'node:assert/strict';
import test from 'node:test';
import type { Profile } from '../../../src/server/api.js';
import { completed } from '../completed.js';
import { FunctionTable } from './functions.js';
import { chainsOf, pathPieces, weightsOf, type Weight } from './scope.js';

const slice = (kind: 'running' | 'lock' | 'run_queue', startNs: number, endNs: number, stack?: number) => ({ kind, startNs, endNs, syscall: '', object: '', wokenBy: null, ...(stack === undefined ? {} : { stack }) });
const thread = (tid: number, slices: ReturnType<typeof slice>[]) => ({ pid: 1, tid, name: 't', executed: false, onPath: true, slices });
const sample = (tid: number, ns: number, stack: number) => ({ pid: 1, tid, ns, stack, weightNs: 10 });

const profile = completed({
  threads: [thread(1, [slice('lock', 0, 100, 5), slice('running', 100, 200), slice('run_queue', 200, 250, 6)]), thread(2, [slice('lock', 0, 300, 5)])],
  path: [{ startNs: 100, endNs: 150, kind: 'cpu', tid: 1, object: '', call: null }, { startNs: 150, endNs: 300, kind: 'peer', tid: 1, object: '', call: null, inside: [{ startNs: 160, endNs: 170, kind: 'cpu', tid: 9, object: '', call: null }] }],
  stacks: { frames: [], stacks: [], samples: [sample(1, 99, 0), sample(1, 120, 1), sample(1, 160, 2), sample(9, 165, 3), sample(9, 175, 4), sample(2, 120, 7)], pending: false },
} as unknown as Profile)!;

const pairs = (weights: readonly Weight[]): number[][] => weights.map(({ stack, ns }) => [stack, ns]);

test('the path\'s CPU time is that of the threads which explain the request, while they do, in the traced peer too', () => {
  assert.deepEqual(pairs(weightsOf(profile, pathPieces(profile), 'cpu')), [[1, 10], [2, 10], [3, 10]]);
});

test('a sample that two pieces hold counts once; all threads are all samples of the time', () => {
  assert.deepEqual(pairs(weightsOf(profile, [{ tid: 1, fromNs: 100, toNs: 140 }, { tid: 1, fromNs: 110, toNs: 130 }], 'cpu')), [[1, 10]]);
  assert.deepEqual(pairs(weightsOf(profile, [{ tid: null, fromNs: 100, toNs: 130 }], 'cpu')), [[1, 10], [7, 10]]);
});

test('blocks weigh as much as lies within the selection; waiting for a CPU is no block', () => {
  assert.deepEqual(pairs(weightsOf(profile, [{ tid: null, fromNs: 50, toNs: 250 }], 'off')), [[5, 250]]);
  assert.deepEqual(pairs(weightsOf(profile, [{ tid: 1, fromNs: 50, toNs: 250 }], 'off')), [[5, 50]]);
});

test('stacks of several processes begin with the name of theirs, those of one do not', () => {
  const table = new FunctionTable();
  const of = { ...profile, pid: 1, service: 'shop', calls: [{ id: 'a', service: 'postgres', protocol: 'postgres', endpoint: '', startNs: 0, endNs: 1, tid: 1, server: { id: 'b', pid: 4, requestTid: 4, responseTid: 4, startNs: 0, endNs: 1 } }] };
  const names = (weights: readonly Weight[]): string[] => chainsOf(of, table, weights).map(({ chain }) => table.functions[chain[0]].name);
  assert.deepEqual(names([{ pid: 1, stack: 0, ns: 1 }, { pid: 4, stack: 0, ns: 1 }]), ['shop', 'postgres']);
  assert.match(names([{ pid: 1, stack: 0, ns: 1 }])[0], /frames are not in the profile/);
});
