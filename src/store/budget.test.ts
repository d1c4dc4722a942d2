import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DetailBudget } from './budget.js';
import { sampleRecord } from './testing/sample-record.js';

const SECOND = 1e9;

/** Sends `rate` requests a second for `seconds`; returns rows and weights by endpoint, without the first second. */
function drive(budget: DetailBudget, seconds: number, rates: Record<string, number>, change: (i: number) => object = () => ({})) {
  const rows: Record<string, number> = {};
  const weights: Record<string, number> = {};
  const total = Object.values(rates).reduce((a, b) => a + b, 0);
  const sequence = Object.entries(rates).flatMap(([endpoint, rate]) => Array.from({ length: rate }, (_, i) => ({ endpoint, at: i / rate }))).sort((a, b) => a.at - b.at);
  for (let s = 0; s < seconds; s++) {
    sequence.forEach(({ endpoint, at }, i) => {
      const weight = budget.decide(sampleRecord({ endpoint, ...change(i) }), (s + at) * SECOND + total);
      weights[endpoint] = (weights[endpoint] ?? 0) + weight;
      if (weight > 0 && s > 0) rows[endpoint] = (rows[endpoint] ?? 0) + 1;
    });
  }
  return { rows, weights };
}

test('under the budget every request has its row, with weight 1', () => {
  const { rows, weights } = drive(new DetailBudget(2000), 3, { '/a': 1000, '/b': 900 });
  assert.deepEqual(rows, { '/a': 2000, '/b': 1800 });
  assert.deepEqual(weights, { '/a': 3000, '/b': 2700 });
});
test('beyond it rows stay near the budget, weights add up to the count, and quiet endpoints lose nothing', () => {
  const { rows, weights } = drive(new DetailBudget(2000), 11, { '/busy': 9000, '/some': 1500, '/rare': 100 });
  assert.equal(rows['/rare'], 1000);
  const perSecond = (rows['/busy'] + rows['/some'] + rows['/rare']) / 10;
  assert.ok(perSecond > 1500 && perSecond <= 2100, `${perSecond} rows/s`);
  assert.ok(Math.abs(weights['/busy'] - 99_000) < 50 && Math.abs(weights['/some'] - 16_500) < 50, JSON.stringify(weights));
});
test('slow and failed requests always have their row and never stand for others', () => {
  const budget = new DetailBudget(100);
  let kept = 0;
  for (let i = 0; i < 5000; i++) {
    if (budget.decide(sampleRecord({ slow: i % 2 === 0, error: i % 2 === 0 ? 'none' : 'protocol_error' }), i * 1e5) === 1) kept++;
  }
  assert.equal(kept, 5000);
});
test('a burst in the very first second is held near the budget', () => {
  const budget = new DetailBudget(2000);
  for (let i = 0; i < 100_000; i++) budget.decide(sampleRecord({}), i * 1e4);
  assert.ok(budget.kept < 2 * 2000, String(budget.kept));
});
test('an infinite budget keeps all', () => {
  const budget = new DetailBudget(Infinity);
  for (let i = 0; i < 1000; i++) assert.equal(budget.decide(sampleRecord({}), i), 1);
});
test('a decision costs well under a microsecond', () => {
  const budget = new DetailBudget(2000);
  const records = Array.from({ length: 64 }, (_, i) => sampleRecord({ endpoint: `/e${i % 16}` }));
  const started = process.hrtime.bigint();
  for (let i = 0; i < 300_000; i++) budget.decide(records[i & 63], i * 1e5);
  const eachNs = Number(process.hrtime.bigint() - started) / 300_000;
  assert.ok(eachNs < 1000, `${eachNs} ns`);
});
