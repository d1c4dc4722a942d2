import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { symbolsAddon } from './addon.js';

const addon = symbolsAddon();

function ownText(): { start: bigint; offset: number; path: string } {
  const line = readFileSync('/proc/self/maps', 'utf8').split('\n').find((one) => one.includes('r-xp') && one.includes('/node'))!;
  const [range, , offset, , , path] = line.split(/\s+/);
  return { start: BigInt(`0x${range.split('-')[0]}`), offset: Number.parseInt(offset, 16), path };
}

test('reads what a process has in its memory: the code of its own file', () => {
  const { start, offset, path } = ownText();
  const bytes = addon.readMemory(process.pid, start, 4096);
  assert.deepEqual(Buffer.from(bytes!), readFileSync(path).subarray(offset, offset + 4096));
});

test('reads nothing where there is no memory, no process, or too much is asked', () => {
  assert.equal(addon.readMemory(process.pid, 0n, 8), null);
  assert.equal(addon.readMemory(process.pid, 0xffff_ffff_ff60_0000n, 8), null);
  assert.equal(addon.readMemory(process.pid, 0xffff_ffff_ffff_fff0n, 64), null);
  assert.equal(addon.readMemory(0x7fff_fff0, 4096n, 8), null);
  assert.equal(addon.readMemory(process.pid, ownText().start, 0), null);
  assert.throws(() => addon.readMemory(process.pid, ownText().start, 64 * 1024 * 1024), /16 MiB/);
});

test('arguments of the wrong type are refused', () => {
  const read = addon.readMemory as (...args: unknown[]) => unknown;
  for (const args of [[], [1], [1, 2, 3], ['1', 1n, 8], [1, 1n], [1, 1n, 8n]]) assert.throws(() => read(...args), TypeError);
});
