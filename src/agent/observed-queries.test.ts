import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dataSince, observedRange } from './observed-queries.js';

const MINUTE = 60_000;

test('a range is cut to where data begin and to the present', () => {
  assert.deepEqual(observedRange({ from: 0, to: 15 * MINUTE }, 14 * MINUTE, 15 * MINUTE), { from: 14 * MINUTE, to: 15 * MINUTE });
});

test('a range within the data only starts at a whole step of the roll-ups', () => {
  assert.deepEqual(observedRange({ from: 12_345, to: 70_000 }, 12_345, 90_000), { from: 10_000, to: 70_000 });
});

test('a range of which nothing was observed stays what was asked for', () => {
  const asked = { from: 0, to: MINUTE };
  assert.equal(observedRange(asked, 2 * MINUTE, 3 * MINUTE), asked);
});

test('data begin with capturing, or earlier where an earlier run left some', async () => {
  const since = (started: number | null, oldest: number | null) => dataSince(() => started, async () => oldest, () => 1_000)({ from: 100, to: 2_000 });
  assert.equal(await since(500, null), 500);
  assert.equal(await since(500, 300), 300);
  assert.equal(await since(50, null), 100, 'capturing before the range: all of it is observed');
  assert.equal(await since(null, null), 1_000, 'not capturing yet: nothing is observed');
});
