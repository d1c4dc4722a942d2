import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CompressedStream, decodeScope, lineOf } from './scopes.js';

test('numbers of one to five bytes, as HotSpot 17 writes them', () => {
  // CompressedWriteStream::write_int_mb of these values.
  const cases: [number, number[]][] = [[0, [0]], [191, [191]], [192, [192, 0]], [255, [255, 0]], [256, [192, 1]], [12_479, [255, 191]], [12_480, [192, 192, 0]]];
  for (const [value, bytes] of cases) assert.equal(new CompressedStream(Uint8Array.from(bytes), 0).unsigned(), value);
  assert.equal(new CompressedStream(Uint8Array.of(3), 0).signed(), -2);
});

test('a scope as seen in a running JVM: its caller stands at 14, it is method 2 of the list, at bytecode 21', () => {
  assert.deepEqual(decodeScope(Uint8Array.of(14, 2, 22, 20, 0, 0)), { senderOffset: 14, methodIndex: 2, bci: 21 });
});

test('a line table: the line that began last counts', () => {
  // bytecode 0 is line 5, 8 is line 6; then, written out in full, 48 is line 26.
  const table = Uint8Array.of((0 << 3) | 5, (8 << 3) | 1, 0xff, 80, 40, 0);
  assert.deepEqual([0, 7, 8, 47, 48, 9_999].map((bci) => lineOf(table, bci)), [5, 5, 6, 6, 26, 26]);
});

test('any bytes give a line or an end, never an error', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), fc.integer({ min: -1, max: 70_000 }), (bytes, bci) => {
    assert.ok(Number.isInteger(lineOf(bytes, bci)));
    decodeScope(bytes);
  }));
});
