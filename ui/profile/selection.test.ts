import assert from 'node:assert/strict';
import test from 'node:test';
import { readRange, writeRange } from './selection.js';

test('a selected range stands in the address with its threads, and comes back as it was', () => {
  const range = { fromNs: 10, toNs: 500, tids: [7, 8] };
  assert.deepEqual(readRange(writeRange(range), 1_000), range);
  assert.deepEqual(readRange(writeRange({ ...range, tids: [] }), 1_000), { ...range, tids: [] });
});

test('very many threads are all of them; what is no range of this profile is none', () => {
  assert.equal(writeRange({ fromNs: 1, toNs: 2, tids: Array.from({ length: 100 }, (_, i) => i) }), '1-2');
  for (const text of [null, '', '5', '9-5', '5-5', 'a-b', '1-2:', '1-2:x', '2000-3000', '<script>']) assert.equal(readRange(text, 1_000), null, String(text));
});
