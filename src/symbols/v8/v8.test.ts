import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CapturedProcess, framesOf } from '../testing/captured-process.js';
import { v8 } from './process.js';

/** The stack of testing/shop.cjs in the middle of sumPrices, under four versions of Node. */
function captured(version: number): CapturedProcess {
  return CapturedProcess.load(`src/symbols/v8/testing/node-${version}.json`, 'v8dbg_');
}

async function namesIn(process: CapturedProcess): Promise<string[]> {
  const runtime = await v8.attach(process);
  assert.ok(runtime);
  await runtime.refresh();
  return framesOf(runtime, process);
}

const whole = [
  'sumPrices shop.js:4',
  '(anonymous) shop.js:18',
  'Builtins_ArrayMap v8',
  'total shop.js:17',
  'renderAnswer shop.js:24',
  'handleRequest shop.js:22',
  'Builtins_AsyncFunctionAwaitResolveClosure v8',
  'Builtins_PromiseFulfillReactionJob v8',
  'Builtins_RunMicrotasks v8',
];

for (const version of [18, 20, 22]) {
  test(`Node ${version}: every JavaScript function has its name, script and line, in the order of the calls`, async () => {
    assert.deepEqual(await namesIn(captured(version)), whole);
  });
}

test('Node 24: a function that was inlined counts with its caller', async () => {
  assert.deepEqual(await namesIn(captured(24)), whole.filter((line) => !line.startsWith('total')));
});

/** Closures are what moves: their memory is used again by others. */
function closuresOf(process: CapturedProcess, functionType: number): number[] {
  const found: number[] = [];
  const word = (address: number) => {
    const bytes = process.readMemory(BigInt(address), 8);
    return bytes ? Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true)) : 0;
  };
  process.damage((page, address) => {
    for (let at = 0; at < page.length; at += 8) {
      const map = word(address + at);
      const type = map % 4 === 1 ? process.readMemory(BigInt(map - 1 + 12), 2) : null;
      if (type && type[0] + 256 * type[1] === functionType) found.push(address + at);
    }
  });
  return found;
}

test('a closure that has moved or died since the sample: its function is found by its bytecode or its code', async () => {
  const process = captured(20);
  const closures = closuresOf(process, 2066);
  assert.ok(closures.length >= 4, `${closures.length} closures`);
  // All but one: through it the script is known, and through the script its functions.
  for (const closure of closures.slice(1)) process.write(closure, new Uint8Array(64));
  const names = (await namesIn(process)).map((line) => line.split(' ')[0]);
  const wanted = whole.map((line) => line.split(' ')[0]);
  assert.equal(names.length, wanted.length);
  names.forEach((name, index) => assert.ok(name === wanted[index] || name === '(JavaScript', `${name} instead of ${wanted[index]}`));
  assert.ok(names.filter((name) => name === '(JavaScript').length <= 1, names.join());
});

test('a closure in whose place another one was put is not named after the other', async () => {
  const process = captured(20);
  const closures = closuresOf(process, 2066);
  const shared = closures.map((closure) => process.readMemory(BigInt(closure + 24), 8)!);
  // Each gets its neighbour's function.
  closures.forEach((closure, index) => process.write(closure + 24, shared[(index + 1) % shared.length]));
  const names = await namesIn(process);
  names.forEach((line, index) => assert.ok(line === whole[index] || line === '(JavaScript function)', `${line} instead of ${whole[index]}`));
});

test('whatever stands in memory, nothing throws and stacks stay stacks', async () => {
  for (let seed = 1; seed <= 60; seed++) {
    const process = captured([18, 20, 22, 24][seed % 4]);
    let state = seed;
    const random = () => (state = (state * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31;
    process.damage((page) => {
      for (let at = 0; at < page.length; at += 8) if (random() < 0.02) page.fill(Math.floor(random() * 256), at, at + 8);
    });
    const names = await namesIn(process);
    assert.ok(names.length >= 6 && names.length <= 10, `seed ${seed}: ${names.join()}`);
    assert.ok(names.every((line) => line.length < 1_500), `seed ${seed}`);
  }
});

test('a stack that was not copied whole says so', async () => {
  const process = captured(20);
  process.stack = process.stack.subarray(0, 400);
  const names = await namesIn(process);
  assert.equal(names.at(-1), '... the copied stack ends here');
  // Of the last frame the return address was copied, not the place where its function stands.
  const [last] = names.splice(-2);
  assert.equal(last, '(JavaScript function)');
  assert.deepEqual(names, whole.slice(0, 3));
});

test('a binary without the constants, or with compressed pointers, is left to others', async () => {
  const process = captured(20);
  process.symbols = () => [];
  assert.equal(await v8.attach(process), null);
});
