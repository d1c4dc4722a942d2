import assert from 'node:assert/strict';
import test from 'node:test';
import type { Heatmap } from '../src/server/api.js';
import { heatScale, heatShade, readSelection, selectionFilter, writeSelection } from './heat-scale.js';

function map(cells: number[][]): Heatmap {
  const bounds = Array.from({ length: 20 }, (_, i) => Math.round(1e6 * 1.26 ** i));
  return { range: { from: 0, to: 1 }, times: cells.map((_, i) => i), stepMs: 1, bounds, cells, errors: [], notes: [] };
}

test('only the buckets in use and their surroundings are shown', () => {
  const column = Array<number>(20).fill(0);
  column[8] = 5;
  column[12] = 1;
  const scale = heatScale(map([column]));
  assert.ok(scale.first <= 7 && scale.last >= 13);
  assert.ok(scale.rows >= 10);
  assert.equal(scale.most, 5);
});

test('a single request is visible beside a million', () => {
  assert.ok(heatShade(1, 1e6) > 0.14);
  assert.equal(heatShade(0, 10), 0);
  assert.equal(heatShade(10, 10), 1);
});

test('a selection survives the address', () => {
  const selection = { from: 1_700_000_000_000, to: 1_700_000_010_000, lowNs: 1_000_000, highNs: null };
  assert.deepEqual(readSelection(writeSelection(selection)), selection);
  assert.equal(readSelection('5-1-0-'), null);
  assert.equal(readSelection('<script>'), null);
});

test('a selection becomes words of the filter', () => {
  assert.equal(selectionFilter({ from: 1, to: 2, lowNs: 1000, highNs: 2000 }), '>1000ns <=2000ns');
  assert.equal(selectionFilter({ from: 1, to: 2, lowNs: 0, highNs: 2000 }), '<=2000ns');
  assert.equal(selectionFilter({ from: 1, to: 2, lowNs: 5, highNs: null }), '>5ns');
});
