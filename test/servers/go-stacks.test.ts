import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { blockedStack, eventually, threadsOf } from '../../src/symbols/testing/blocked-thread.js';
import { TestFolder } from '../../src/symbols/testing/busy-program.js';
import { nameStacks, RuntimeProgram } from '../../src/symbols/testing/runtime-program.js';
import { testSource } from '../../src/symbols/testing/self-sampler.js';

function build(folder: string, ...flags: string[]): string {
  const binary = `${folder}/shop`;
  execFileSync('go', ['build', ...flags, '-o', binary, testSource('../go/testing/shop.go')], { env: { ...process.env, GOCACHE: `${folder}/cache`, GO111MODULE: 'off', CGO_ENABLED: '0' } });
  return binary;
}

for (const [what, ...flags] of [['with symbols'], ['stripped', '-ldflags=-s -w']]) {
  test(`a Go program ${what}: every function with its line, also the inlined ones, to the goroutine's start`, async () => {
    using folder = new TestFolder();
    await using program = RuntimeProgram.start(folder.path, 'shop', [build(folder.path, ...flags)]);
    const stack = await eventually('a thread that is blocked in readNext', async () => {
      const items = threadsOf(program.pid).map(({ tid }) => blockedStack(program.pid, tid)).filter((item) => item !== null);
      return (await nameStacks(items)).find(({ names }) => names.includes('main.readNext'));
    });
    const own = stack.frames.slice(stack.names.indexOf('main.readNext'));
    assert.deepEqual(own.map(({ name, line, inlined }) => `${name}:${name.startsWith('main.') ? line : ''}${inlined ? ' inlined' : ''}`), [
      'main.readNext:12', 'main.addPrice:17 inlined', 'main.(*basket).total:25', 'main.handle.func1:33 inlined', 'main.handle:34', 'main.main:49', 'runtime.main:', 'runtime.goexit:',
    ]);
    assert.ok(own.every(({ kind, module }) => kind === 'go' && module === 'shop'));
    assert.match(own[0].file, /shop\.go$/);
    assert.equal(stack.truncated, '');
    assert.ok(stack.names.slice(0, stack.names.indexOf('main.readNext')).every((name) => /syscall/i.test(name)), stack.names.join(' < '));
  });
}
