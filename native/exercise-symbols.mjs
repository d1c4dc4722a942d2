// Uses the symbols addon in every way that is allowed and in many that are not, over whole, cut and garbled binaries: run
// under AddressSanitizer by native/asan.sh, with the addon's path in KINDLING_SYMBOLS_ADDON and node --expose-gc.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';
import { isMainThread, Worker } from 'node:worker_threads';

/** Node unloads addons before leaks are looked for, whose origin could then not be named. */
const RTLD_NODELETE = 0x1000;
const native = { exports: {} };
process.dlopen(native, process.env.KINDLING_SYMBOLS_ADDON, constants.dlopen.RTLD_NOW | RTLD_NODELETE);
const addon = native.exports;
const METHODS = ['describe', 'useDebug', 'nameOf', 'symbols', 'bias', 'read'];
const WRONG = [[], [undefined], [null], [7], [-1n], [2n ** 64n], [{}], [Symbol('x')], ['x'], [1n, 2], [1n, 2n], [1n, -1], [0n, 2 ** 32 - 1], [new Uint8Array(3)], [new BigUint64Array(4), []], ['\0'.repeat(1000)]];
const STATE = 22;

function attempt(call) {
  try {
    return call();
  } catch (error) {
    assert.ok(error instanceof Error);
    return null;
  }
}

/** Where a loadable file's code is mapped here, for walks through it. */
function walkThrough(binary, image) {
  const space = new addon.AddressSpace();
  space.set(BigUint64Array.of(0x100000n, 0x100000n + BigInt(image.length), 0n, 1n), [binary]);
  const pcs = new BigUint64Array(64);
  const lookups = new BigUint64Array(64);
  for (let i = 0; i < 300; i++) {
    const state = new BigUint64Array(STATE);
    const stack = new BigUint64Array(128);
    for (let word = 0; word < stack.length; word++) stack[word] = 0x100000n + BigInt((i * 7919 + word * 104729) % image.length);
    for (let register = 0; register < 16; register++) state[register] = 0x7000n + BigInt(register * 8);
    state[7] = state[19] = 0x7000n;
    state[16] = 0x100000n + BigInt((i * 15485863) % image.length);
    state[17] = 0x1ffffn;
    const ended = space.walk(state, new Uint8Array(stack.buffer), pcs, lookups);
    assert.ok(ended >= 0 && ended <= 7);
    assert.ok(state[20] >= 1n && state[20] <= 64n);
  }
  return space;
}

function useBinary(source, image) {
  const binary = attempt(() => new addon.Binary(source));
  if (binary === null) return;
  binary.describe();
  for (let i = 0; i < 200; i++) binary.nameOf(BigInt((i * 32452843) % image.length), i % 2 === 0);
  binary.symbols('m');
  walkThrough(binary, image);
  for (const method of METHODS) {
    for (const args of WRONG) attempt(() => binary[method](...args));
    assert.throws(() => binary[method].call({}, 1n), method);
  }
  binary.close();
  binary.close();
  for (const method of METHODS) assert.throws(() => binary[method](1n, 1n), /closed|must be/);
}

function garbled(image, round) {
  const copy = Buffer.from(image);
  for (let i = 0; i < 400; i++) copy[(i * 2654435761 + round * 40503) % (i % 2 === 0 ? 4096 : copy.length)] = (i * round) & 255;
  return copy;
}

function misuse() {
  for (const args of WRONG) {
    attempt(() => new addon.Binary(...args));
    attempt(() => addon.readMemory(...args));
    attempt(() => addon.demangle(...args));
    const space = new addon.AddressSpace();
    attempt(() => space.set(...args));
    attempt(() => space.walk(...args));
  }
  const space = new addon.AddressSpace();
  const words = new BigUint64Array(64);
  const state = new BigUint64Array(STATE);
  assert.throws(() => space.set(BigUint64Array.of(5n, 4n, 0n, 1n), [null]), /order/);
  assert.throws(() => space.set(BigUint64Array.of(1n, 9n, 0n, 1n, 5n, 12n, 0n, 1n), [null, null]), /order/);
  assert.throws(() => space.set(BigUint64Array.of(1n, 9n, 0n, 1n), [{}]), /Binary/);
  assert.throws(() => space.set(BigUint64Array.of(1n, 9n, 0n, 1n), [space]), /Binary/);
  assert.throws(() => space.walk(new BigUint64Array(3), new Uint8Array(8), words, words));
  assert.throws(() => space.walk(state, new Uint8Array(8), words, new BigUint64Array(3)));
  assert.throws(() => space.walk(state, new Uint8Array(8), new BigUint64Array(0), new BigUint64Array(0)));
  assert.equal(space.walk(state, new Uint8Array(0), words, new BigUint64Array(64)), 1);
  assert.throws(() => addon.Binary('/bin/true'));
  assert.equal(addon.readMemory(process.pid, 0n, 8), null);
}

function life() {
  misuse();
  const path = '/usr/lib/x86_64-linux-gnu/libz.so.1';
  const image = readFileSync(path);
  useBinary(path, image);
  useBinary(new Uint8Array(image), image);
  for (let round = 1; round < 30; round++) useBinary(new Uint8Array(garbled(image, round)), image);
  for (let length = 0; length < image.length; length += 9973) useBinary(new Uint8Array(image.subarray(0, length)), image);
  // A space keeps its binary, closed or collected.
  const binary = new addon.Binary(path);
  const space = walkThrough(binary, image);
  binary.close();
  for (let i = 0; i < 5; i++) globalThis.gc?.();
  const state = new BigUint64Array(STATE);
  state[16] = 0x100000n + 0x3000n;
  space.walk(state, new Uint8Array(64), new BigUint64Array(4), new BigUint64Array(4));
}

life();
if (isMainThread) {
  const file = fileURLToPath(import.meta.url);
  await Promise.all([1, 2].map(() => new Promise((resolve, reject) => { new Worker(file).once('exit', resolve).once('error', reject); })));
  for (let i = 0; i < 5; i++) globalThis.gc?.();
  process.stdout.write('the symbols addon survived\n');
}
