import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { positionAt, sourcePosition } from './source-positions.js';

// A whole table as it stood in a running Node 20: nothing was inlined into that function.
const seen = Buffer.from('0398024f8c012d940139db0115485148112f1b4479a30117dc01ad019f025d44', 'hex');

test('the entry that begins last before an instruction counts', () => {
  assert.equal(positionAt(seen, 0), null);
  assert.deepEqual([1, 39, 40, 61].map((offset) => positionAt(seen, offset)?.scriptOffset), [69, 69, 104, 104]);
  assert.equal(positionAt(seen, 62)?.scriptOffset, 141);
});

test('offset and inlining id lie beside each other in one number', () => {
  assert.deepEqual(sourcePosition((100 + 1) * 2), { scriptOffset: 100, inliningId: -1 });
  assert.deepEqual(sourcePosition((3 + 1) * 2 ** 31 + (100 + 1) * 2), { scriptOffset: 100, inliningId: 3 });
  assert.equal(sourcePosition(1), null, 'not of a script');
});

test('any bytes give a position or none', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(), (table, offset) => {
    const position = positionAt(table, offset);
    assert.ok(position === null || (Number.isInteger(position.scriptOffset) && position.inliningId >= -1));
  }));
});
