import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isGarbageCollection } from '../../src/profile/garbage-collection.js';
import { TestFolder } from '../../src/symbols/testing/busy-program.js';
import { nameStacks, RuntimeProgram, type SeenStack } from '../../src/symbols/testing/runtime-program.js';
import { testSource } from '../../src/symbols/testing/self-sampler.js';

/** Functions of the program, as they may stand on its stack: nothing else of JavaScript runs. */
function shopFunctions({ frames }: SeenStack): string[] {
  return frames.filter(({ kind, module }) => kind === 'javascript' && module !== 'v8').map(({ name }) => name);
}

test('a running Node, started without any flag: JavaScript functions in the order of their calls, and C++ around them', async () => {
  using folder = new TestFolder();
  await using program = RuntimeProgram.start(folder.path, 'node', [process.execPath, testSource('../v8/testing/shop.cjs')]);
  const stacks = await nameStacks(await program.samples(200, 120));
  const order = ['sumPrices', '(anonymous)', 'total', 'renderAnswer', 'handleRequest'];
  let working = 0;
  for (const stack of stacks) {
    const functions = shopFunctions(stack);
    const known = functions.filter((name) => name !== '(JavaScript function)' && !/^\(regular/.test(name));
    const places = known.filter((name) => order.includes(name)).map((name) => order.indexOf(name));
    assert.deepEqual(places, [...places].sort((a, b) => a - b), stack.names.join(' < '));
    if (functions[0] === 'sumPrices' || functions[0] === '(anonymous)') working++;
  }
  assert.ok(working >= stacks.length * 0.8, `${working} of ${stacks.length} were in sumPrices`);
  const whole = stacks.filter(({ truncated, names }) => truncated === '' && names.includes('node::Start'));
  assert.ok(whole.length >= stacks.length * 0.9, `${whole.length} of ${stacks.length} reach node::Start: ${stacks.find((one) => !whole.includes(one))?.truncated}`);
  const sum = stacks.flatMap(({ frames }) => frames).find(({ name }) => name === 'sumPrices');
  assert.deepEqual([sum?.module, sum?.line], ['shop.cjs', 4]);
});

test('what Node does in C++ for JavaScript shows who asked for it; a garbage collection shows itself', async () => {
  using folder = new TestFolder();
  await using program = RuntimeProgram.start(folder.path, 'node', [process.execPath, testSource('../v8/testing/builtins.cjs')]);
  const stacks = await nameStacks(await program.samples(700, 600));
  const has = (inner: RegExp, outer: string) => stacks.some(({ names }) => names.findIndex((name) => inner.test(name)) < names.indexOf(outer) && names.some((name) => inner.test(name)));
  const seen = () => [...new Set(stacks.map(({ names }) => names.slice(0, 6).join(' < ')))].slice(0, 40).join('\n');
  assert.ok(has(/v8::internal::JsonStringif/, 'serialiseBasket'), `JSON.stringify\n${seen()}`);
  assert.ok(has(/^\(regular expression(\)$| \/\^\(a\+\)\+\$\/\)$)/, 'matchName'), `regular expression\n${seen()}`);
  assert.ok(stacks.some((stack) => stack.frames.some(isGarbageCollection)), `garbage collection\n${seen()}`);
  assert.ok(stacks.some(({ names }) => names.some((name) => name.startsWith('PKCS5_PBKDF2')) && !names.includes('node::Start')), `crypto in libuv's pool\n${seen()}`);
});
