import assert from 'node:assert/strict';
import test from 'node:test';
import { CauseCounter } from './causes.js';

const half = { durationNs: 100, shares: [{ kind: 'lock' as const, share: 0.5 }, { kind: 'cpu' as const, share: 0.5 }] };

test('time adds up by service, endpoint and kind', () => {
  const counter = new CauseCounter(100);
  counter.add({ service: 'cart', endpoint: '/a', ...half });
  counter.add({ service: 'cart', endpoint: '/a', ...half });
  counter.add({ service: 'cart', endpoint: '/b', ...half });
  assert.deepEqual(counter.samples().map(({ labels, value }) => [labels.endpoint, labels.kind, value]), [['/a', 'lock', 100], ['/a', 'cpu', 100], ['/b', 'lock', 50], ['/b', 'cpu', 50]]);
});

test('with too many endpoints the sum stays exact and the series stay few', () => {
  const counter = new CauseCounter(20);
  for (let i = 0; i < 1_000; i++) counter.add({ service: `s${i % 50}`, endpoint: `/${i}`, ...half });
  const samples = counter.samples();
  assert.ok(samples.length <= 20 + 2 + 2, String(samples.length));
  assert.equal(samples.reduce((sum, { value }) => sum + value, 0), 100_000);
});
