import assert from 'node:assert/strict';
import test from 'node:test';
import { usualBand } from './usual-band.js';

test('the usual band leaves the extremes out', () => {
  assert.deepEqual(usualBand([10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 900]), { low: 11, high: 19 });
});

test('of a few points nothing is called usual', () => {
  assert.equal(usualBand([1, 2, 3]), null);
});
