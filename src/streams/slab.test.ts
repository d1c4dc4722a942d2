import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Payload } from './payload.js';
import { Slab } from './slab.js';

test('copies of any length from any place hold the bytes, whatever becomes of the source', () => {
  const slab = new Slab(512);
  const ring = new Uint8Array(4096).map((_, i) => i * 7);
  const other = new Uint8Array(ring.buffer.slice(0), 13);
  const copies: Array<{ copy: Payload; bytes: Uint8Array }> = [];
  for (let length = 0; length < 600; length++) {
    for (const source of [ring, other]) {
      copies.push({ copy: slab.copy(source, length, 2 * length), bytes: source.slice(length, 2 * length).slice(0, 512) });
    }
  }
  ring.fill(0);
  other.fill(0);
  for (const { copy, bytes } of copies) assert.deepEqual(copy.bytes(), bytes);
});
