import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { isGarbageCollection, isGarbageCollector } from '../../src/profile/garbage-collection.js';
import { blockedStack, eventually, threadsOf } from '../../src/symbols/testing/blocked-thread.js';
import { TestFolder } from '../../src/symbols/testing/busy-program.js';
import { nameStacks, RuntimeProgram, type SeenStack } from '../../src/symbols/testing/runtime-program.js';
import { testSource } from '../../src/symbols/testing/self-sampler.js';

function start(folder: string, mode: string, ...options: string[]): RuntimeProgram {
  execFileSync('javac', ['-d', folder, testSource('../jvm/testing/Shop.java')]);
  return RuntimeProgram.start(folder, 'java', ['java', '-Xmx256m', ...options, '-cp', folder, 'Shop', mode]);
}

/** Innermost first. */
const calls = ['Shop.sumPrices', 'Shop.addUp', 'Shop$Basket.lambda$total$0', 'Shop$Basket$$Lambda$1.applyAsLong', 'java.util.stream.ReferencePipeline$5$1.accept',
  'java.util.ArrayList$ArrayListSpliterator.forEachRemaining', 'java.util.stream.AbstractPipeline.copyInto', 'java.util.stream.AbstractPipeline.wrapAndCopyInto',
  'java.util.stream.ReduceOps$ReduceOp.evaluateSequential', 'java.util.stream.AbstractPipeline.evaluate', 'java.util.stream.LongPipeline.reduce',
  'java.util.stream.LongPipeline.sum', 'Shop$Basket.total', 'Shop.handle', 'Shop.main'];

function javaNames({ frames }: SeenStack): string[] {
  return frames.filter(({ kind }) => kind === 'java').map(({ name }) => name.replace(/Lambda\$\d+/, 'Lambda$1'));
}

for (const [what, ...options] of [['interpreted', '-Xint'], ['compiled by C1', '-XX:TieredStopAtLevel=1'], ['compiled by C2, with what was inlined']]) {
  test(`Java ${what}: every method in the order of the calls, down to the thread's start in C++`, async () => {
    using folder = new TestFolder();
    await using program = start(folder.path, 'work', ...options);
    const stacks = (await nameStacks(await program.samples(500, 100))).filter((stack) => javaNames(stack).includes('Shop.handle'));
    assert.ok(stacks.length >= 70, `${stacks.length} stacks with Shop.handle`);
    const whole = stacks.filter((stack) => stack.truncated === '' && javaNames(stack).join() === calls.join());
    assert.ok(whole.length >= stacks.length * 0.85, `${whole.length} of ${stacks.length}; another: ${stacks.find((stack) => !whole.includes(stack))?.names.join(' < ')}`);
    assert.ok(whole.every(({ names }) => names.some((name) => name.startsWith('JavaCalls::call')) && /^(clone3?|__clone3?|start_thread)$/.test(names.at(-1)!)), whole[0].names.join(' < '));
    const lines = new Map(whole.flatMap(({ frames }) => frames).map(({ name, line, file }) => [name, `${file}:${line}`]));
    assert.equal(lines.get('Shop.addUp'), 'Shop.java:18');
    assert.equal(lines.get('Shop.handle'), 'Shop.java:33');
    assert.ok(stacks.every((stack) => !stack.names.includes('(Java method)')));
  });
}

test('threads that wait for a lock show which method waits, through the JVM and libc', async () => {
  using folder = new TestFolder();
  await using program = start(folder.path, 'locks');
  for (const [thread, method, through] of [['for-monitor', 'Shop.waitForMonitor', /ObjectMonitor::enter/], ['for-lock', 'Shop.waitForLock', /Unsafe_Park/]] as const) {
    const seen = await eventually(`${thread} blocked in ${method}`, async () => {
      const tid = threadsOf(program.pid).find(({ name }) => name === thread)?.tid;
      const item = tid === undefined ? null : blockedStack(program.pid, tid);
      const [stack] = item ? await nameStacks([item]) : [];
      return stack?.names.includes(method) && stack;
    });
    assert.ok(seen.names.some((name) => through.test(name)), seen.names.join(' < '));
    assert.equal(seen.truncated, '');
    assert.ok(seen.names.indexOf(method) > seen.names.findIndex((name) => through.test(name)));
  }
});

for (const [collector, option] of [['Serial', '-XX:+UseSerialGC'], ['G1', '-XX:+UseG1GC']]) {
  test(`a garbage collection of ${collector} is told by its functions, or by its thread's name`, async () => {
    using folder = new TestFolder();
    await using program = start(folder.path, 'garbage', option);
    const stacks = await nameStacks(await program.samples(500, 450));
    const collecting = stacks.filter(({ frames }) => frames.some(isGarbageCollection));
    assert.ok(collecting.length > 5, [...new Set(stacks.map(({ names }) => names.slice(0, 5).join(' < ')))].slice(0, 30).join('\n'));
    const onJava = collecting.find((stack) => javaNames(stack).length > 0);
    assert.equal(onJava?.names.join(' < '), undefined, 'a collection runs on threads of its own');
    const threads = threadsOf(program.pid).map(({ name }) => name);
    assert.equal(threads.some(isGarbageCollector), collector === 'G1', threads.join());
  });
}
