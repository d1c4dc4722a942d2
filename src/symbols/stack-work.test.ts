import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, renameSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { NamedStacks, StackItem } from './stack-request.js';
import { StackWork } from './stack-work.js';
import { runBusy, stackTexts, TestFolder } from './testing/busy-program.js';

type Named = Pick<NamedStacks, 'frames' | 'stacks' | 'of' | 'notes'>;

const newWork = (): StackWork => new StackWork({ distrust: new Map(), about: () => undefined, runtimes: [] });
const name = (items: readonly StackItem[], work = newWork()): Promise<Named> => work.run(items, 60_000, () => undefined);

function assertWhole({ stacks, of, frames }: Named): void {
  for (const index of of) assert.equal(stacks[index].truncated, '', stacks[index].frames.map((frame) => frames[frame].name).join(' < '));
}

test('C++ without frame pointers: whole stacks with templates, inlined functions and source lines', async () => {
  using folder = new TestFolder();
  await using program = await runBusy(folder.path, folder.compileBusy(), 'work');
  const named = await name(program.items);
  assertWhole(named);
  const deep = stackTexts(named, (frame) => `${frame.name}${frame.inlined ? ' (inlined)' : ''}`).filter((text) => text.startsWith('shop::mix (inlined)'));
  assert.ok(deep.length > 0, stackTexts(named).join('\n'));
  for (const text of deep) assert.match(text, /^shop::mix \(inlined\) < shop::Basket<unsigned long>::total < shop::checkout < main < .*< _start$/);
  const mix = named.frames.find((frame) => frame.name === 'shop::mix')!;
  const total = named.frames.find((frame) => frame.name.endsWith('::total') && !frame.inlined)!;
  const lineOf = (words: string): number => readFileSync(new URL('../../../src/symbols/testing/busy.cc', import.meta.url), 'utf8').split('\n').findIndex((line) => line.includes(words)) + 1;
  assert.match(mix.file, /busy\.cc$/);
  assert.equal(mix.line, lineOf('value = (value ^'));
  assert.equal(total.line, lineOf('sum += mix('), 'a function is where its inlined one was called');
  assert.equal(mix.module, 'busy');
});

test('the same stripped: whole stacks, functions told apart by where they start', async () => {
  using folder = new TestFolder();
  await using program = await runBusy(folder.path, folder.compileBusy('-s'), 'work');
  const named = await name(program.items);
  assertWhole(named);
  const own = new Set(named.frames.filter((frame) => frame.module === 'busy').map((frame) => frame.name));
  // total, checkout, main, _start: as many names, however many addresses.
  for (const one of own) assert.match(one, /^busy\+0x[0-9a-f]+$/);
  assert.ok(own.size <= 4, [...own].join(' '));
});

test('symbols and lines come from a separate debug file of the same build, and from no other', async () => {
  using folder = new TestFolder();
  const binary = folder.compileBusy();
  mkdirSync(join(folder.path, '.debug'));
  execFileSync('objcopy', ['--only-keep-debug', binary, join(folder.path, '.debug/busy.debug')]);
  execFileSync('objcopy', ['--strip-all', `--add-gnu-debuglink=${join(folder.path, '.debug/busy.debug')}`, binary]);
  await using program = await runBusy(folder.path, binary, 'work');
  assert.match(stackTexts(await name(program.items)).join('\n'), /shop::mix < shop::Basket<unsigned long>::total < shop::checkout < main/);
  const other = folder.compileBusy('-DOTHER', '-O1', '-Wl,--build-id=0x1234');
  execFileSync('objcopy', ['--only-keep-debug', other, join(folder.path, '.debug/busy.debug')]);
  assert.doesNotMatch(stackTexts(await name(program.items)).join('\n'), /shop::/);
});

test('symbols that a stripped binary carries packed are read, as Fedora has them', async () => {
  using folder = new TestFolder();
  const binary = folder.compileBusy();
  const mini = join(folder.path, 'mini');
  execFileSync('objcopy', ['--only-keep-debug', '--strip-debug', binary, mini]);
  execFileSync('xz', [mini]);
  execFileSync('objcopy', ['--strip-all', '--add-section', `.gnu_debugdata=${mini}.xz`, binary]);
  await using program = await runBusy(folder.path, binary, 'work');
  const named = await name(program.items);
  assertWhole(named);
  assert.match(stackTexts(named).join('\n'), /shop::Basket<unsigned long>::total < shop::checkout < main/);
});

test('a binary that was replaced while it runs is still read, as it was', async () => {
  using folder = new TestFolder();
  const binary = folder.compileBusy();
  await using program = await runBusy(folder.path, binary, 'work');
  copyFileSync('/bin/true', join(folder.path, 'new'));
  renameSync(join(folder.path, 'new'), binary);
  const named = await name(program.items);
  assertWhole(named);
  assert.match(stackTexts(named).join('\n'), /shop::Basket<unsigned long>::total < shop::checkout < main/);
});

test('a process that has ended is named by what was seen while it lived; one never seen says so', async () => {
  using folder = new TestFolder();
  const program = await runBusy(folder.path, folder.compileBusy(), 'work');
  const work = newWork();
  work.notice([program.pid]);
  await program.end();
  const named = await name(program.items, work);
  assertWhole(named);
  assert.match(stackTexts(named).join('\n'), /shop::checkout < main/);
  const unseen = await name(program.items);
  for (const index of unseen.of) assert.match(unseen.stacks[index].truncated, /ended before it was looked at/);
});

test('a forked process that ended unseen had mapped what its parent has', async () => {
  using folder = new TestFolder();
  await using program = await runBusy(folder.path, folder.compileBusy(), 'work');
  const gone = 0x3fff_fff0;
  const named = await name(program.items.map(({ copy }) => ({ pid: gone, parentPid: program.pid, copy })));
  assertWhole(named);
  assert.match(stackTexts(named).join('\n'), /shop::checkout < main/);
});

test('a program that was started through a link is called by the link\'s name', async () => {
  using folder = new TestFolder();
  const real = join(folder.path, 'several-in-one');
  renameSync(folder.compileBusy(), real);
  symlinkSync('several-in-one', join(folder.path, 'busy'));
  await using program = await runBusy(folder.path, join(folder.path, 'busy'), 'work');
  const named = await name(program.items);
  assert.deepEqual(new Set(named.frames.filter((frame) => frame.name.startsWith('shop::')).map((frame) => frame.module)), new Set(['busy']));
});

test('programs in a mount namespace of their own are read there', { skip: process.getuid?.() === 0 ? false : 'needs root' }, async () => {
  using folder = new TestFolder();
  const binary = folder.compileBusy();
  const inside = join(folder.path, 'inside');
  mkdirSync(inside);
  const script = `mount -t tmpfs none ${inside} && cp ${binary} ${inside}/busy && exec ${inside}/busy "$@"`;
  await using program = await runBusy(folder.path, binary, 'work', 40, ['unshare', '-m', 'sh', '-c', script, 'sh']);
  const named = await name(program.items);
  assertWhole(named);
  assert.match(stackTexts(named).join('\n'), /shop::Basket<unsigned long>::total < shop::checkout < main/);
});

test('through a signal handler to the interrupted function and on to main', async () => {
  using folder = new TestFolder();
  await using program = await runBusy(folder.path, folder.compileBusy(), 'signal');
  const named = await name(program.items);
  assertWhole(named);
  const handled = stackTexts(named).filter((text) => text.includes('shop::on_signal'));
  assert.ok(handled.length > 0, stackTexts(named).join('\n'));
  for (const text of handled) assert.match(text, /shop::on_signal < (__restore_rt|libc\S+) < .*< shop::interrupted < main < /);
});

test('threads end where they began, and calls into the vdso are seen through', async () => {
  using folder = new TestFolder();
  const binary = folder.compileBusy();
  await using thread = await runBusy(folder.path, binary, 'thread');
  const threads = await name(thread.items);
  assertWhole(threads);
  assert.match(stackTexts(threads).join('\n'), /shop::checkout < shop::worker < (start_thread|libc\S+) < /);
  await using clock = await runBusy(folder.path, binary, 'vdso');
  const clocks = await name(clock.items);
  assertWhole(clocks);
  const inVdso = stackTexts(clocks, (frame) => `${frame.name}@${frame.module}`).filter((text) => text.includes('@[vdso]'));
  assert.ok(inVdso.length > 0, stackTexts(clocks).join('\n'));
  for (const text of inVdso) assert.match(text, /@\[vdso\] < .*shop::watch_clock@busy < main@busy < /);
});

test('a copy that is too short, or none at all, is marked', async () => {
  using folder = new TestFolder();
  const program = await runBusy(folder.path, folder.compileBusy(), 'work');
  const work = newWork();
  work.notice([program.pid]);
  await program.end();
  const cut = program.items.map(({ pid, copy }) => ({ pid, copy: { ...copy, bytes: copy.bytes.subarray(0, 32), framePointers: new BigUint64Array(0) } }));
  const named = await name(cut, work);
  for (const index of named.of) assert.match(named.stacks[index].truncated, /^stack copy ended after 32 bytes$/);
  const none = await name(cut.map(({ pid, copy }) => ({ pid, copy: { ...copy, bytes: new Uint8Array(0) } })), work);
  for (const index of none.of) {
    assert.equal(none.stacks[index].truncated, 'no stack was copied');
    assert.ok(none.stacks[index].frames.length >= 1, 'where the thread was is known');
  }
});
