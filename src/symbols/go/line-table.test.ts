import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { PageMemory } from '../page-memory.js';
import { LineTable } from './line-table.js';

const start = 0x10_0000;

function tableIn(bytes: Uint8Array): LineTable | null {
  return LineTable.at(new PageMemory((address, length) => {
    const at = Number(address) - start;
    if (at < 0 || at >= bytes.length) return null;
    const page = new Uint8Array(length);
    page.set(bytes.subarray(at, at + length));
    return page;
  }), start);
}

test('garbage behind a good header gives no names, or some; never an error, and in bounded time', () => {
  fc.assert(fc.property(fc.uint8Array({ minLength: 600, maxLength: 4_000 }), fc.boolean(), (bytes, newer) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    view.setUint32(0, newer ? 0xfffffff1 : 0xfffffff0, true);
    bytes[6] = 1;
    bytes[7] = 8;
    [20, 1, 0x40_0000, 72, 100, 200, 300, 400].forEach((value, index) => view.setBigUint64(8 + 8 * index, BigInt(value), true));
    const table = tableIn(bytes);
    for (let pc = 0x40_0000; table && pc < 0x40_0400; pc += 61) {
      const one = table.find(pc);
      if (one) table.frameBytes(one, pc), table.place(one, pc), table.pcData(one, 2, pc), table.functionData(one, 3);
    }
  }), { numRuns: 60 });
});

test('tables of other versions of Go are left alone', () => {
  for (const magic of [0xfffffffb, 0xfffffffa, 0, 0xffffffff]) {
    const bytes = new Uint8Array(4096);
    new DataView(bytes.buffer).setUint32(0, magic, true);
    bytes[6] = 1;
    bytes[7] = 8;
    assert.equal(tableIn(bytes), null);
  }
});
