import assert from 'node:assert/strict';
import test from 'node:test';
import type { RequestSummary } from '../src/server/api.js';
import { certainty, fittingCalls } from './call-fit.js';

const MS = 1e6;
const at = (fromMs: number, ms: number, more: Partial<RequestSummary> = {}): RequestSummary =>
  ({ id: `${fromMs}`, start: String(BigInt(1_000 + fromMs) * 1_000_000n), durationNs: ms * MS, sendNs: 0, waitNs: ms * MS, receiveNs: 0, ...more }) as RequestSummary;

test('what fills the waiting comes first, what outlasts the answer last', () => {
  const request = at(0, 100);
  const short = at(10, 5);
  const main = at(20, 75);
  const others = at(30, 500);
  const ranked = fittingCalls({ request, calls: [short, main, others] });
  assert.deepEqual(ranked.map((fit) => fit.call), [main, short, others]);
  assert.equal(ranked[0].fills, 0.75);
  assert.equal(ranked[2].outlasts, true);
});

test('alone on its thread a request owns its calls; beside others that is said to be unsure', () => {
  const calls = [at(0, 1)];
  assert.match(certainty({ calls, concurrent: 0 }), /most likely its own/);
  assert.match(certainty({ calls, concurrent: 3 }), /Not sure.*3 other requests were/);
  assert.equal(certainty({ calls: [], concurrent: 3 }), '');
});
