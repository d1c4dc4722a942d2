import assert from 'node:assert/strict';
import test from 'node:test';
import type { StackCopy } from '../profile/evidence.js';
import type { Slice } from '../profile/profile.js';
import { bytesOf, withoutStacks, type CutWindow } from './cut-window.js';
import { ProfileStacks } from './profile-stacks.js';
import type { ProfileJob } from './profile-jobs.js';

const stack: StackCopy = { ip: 1n, sp: 2n, bp: 3n, registers: new BigUint64Array(16), bytes: new Uint8Array(8_192), framePointers: new BigUint64Array(20), kernel: new BigUint64Array(10) };
const slice: Slice = { startNs: 0, endNs: 10, kind: 'lock', syscall: 'futex', object: '', wokenBy: null, stack: 0 };

function window(samples: number): CutWindow {
  const parts = {
    job: {} as ProfileJob, processes: [], threads: [{ pid: 1, tid: 1, name: 'a', executed: true, onPath: false, slices: [{ ...slice }] }],
    evidence: {
      fromNs: 0, toNs: 10, running: [], operations: [], logs: [], lives: [], retransmits: [], cut: ['1 samples more than a profile holds'],
      samples: Array.from({ length: samples }, (_, ns) => ({ ns, pid: 1, tid: 1, cpu: 0, periodNs: 1, stack })), blocks: [{ ns: 10, offNs: 0, pid: 1, tid: 1, stack }],
      rememberedNs: { switches: 0, samples: 0, notes: 0 }, startedNs: 0, wholeFromNs: -Infinity, children: [],
    },
  };
  return { ...parts, bytes: bytesOf(parts) };
}

test('a window weighs at least its copies of stacks', () => {
  assert.ok(window(100).bytes >= 101 * (8_192 + 240) && window(100).bytes < 101 * 12_000);
});

test('a window that there is no room for keeps its slices, says what is missing, and asks for no names', async () => {
  const less = withoutStacks(window(100));
  assert.ok(less.bytes < 1_000);
  assert.deepEqual(less.threads[0].slices.map(({ kind, stack: at }) => [kind, at]), [['lock', undefined]]);
  assert.equal(less.evidence.cut.length, 2);
  assert.match(less.evidence.cut[1], /stacks/);
  const named = await new ProfileStacks(less.evidence, 0, less.threads).named({ symbolize: () => assert.fail('nothing to name'), notice: () => undefined, pid: null, close: async () => undefined });
  assert.deepEqual(named.stacks.samples, []);
});
