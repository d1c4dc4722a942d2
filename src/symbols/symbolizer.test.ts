import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import type { StackCopy } from '../profile/evidence.js';
import { Symbolizer, type SymbolizerOptions } from './symbolizer.js';
import { runBusy, stackTexts, TestFolder } from './testing/busy-program.js';

class Scope implements AsyncDisposable {
  readonly symbolizer: Symbolizer;
  constructor(options?: SymbolizerOptions) { this.symbolizer = new Symbolizer(options); }
  [Symbol.asyncDispose](): Promise<void> { return this.symbolizer.close(); }
}

const WITHIN = { withinMs: 60_000 };

function statOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return '';
  }
}

async function until(condition: () => boolean, what: string): Promise<void> {
  for (let i = 0; i < 600; i++) {
    if (condition()) return;
    await delay(50);
  }
  assert.fail(`still not: ${what}`);
}

test('a child that dies, or hangs, is replaced, and the answer comes all the same', async () => {
  using folder = new TestFolder();
  await using program = await runBusy(folder.path, folder.compileBusy(), 'work');
  const started: number[] = [];
  await using scope = new Scope({ stuckMs: 4_000, onStarted: (pid) => started.push(pid) });
  const { symbolizer } = scope;
  for (const signal of ['SIGSEGV', 'SIGSTOP'] as const) {
    symbolizer.notice([program.pid]);
    const before = symbolizer.pid!;
    process.kill(before, signal);
    const named = await symbolizer.symbolize(program.items, WITHIN);
    assert.match(stackTexts(named).join('\n'), /shop::checkout < main/);
    assert.notEqual(symbolizer.pid, before);
    assert.equal(named.pending, false);
  }
  assert.ok(symbolizer.crashes >= 2);
  assert.equal(started.at(-1), symbolizer.pid, 'each child is told of, to be left out of tracing');
});

test('when time is up there is a first answer that says what is missing, and the whole follows', async () => {
  using folder = new TestFolder();
  await using program = await runBusy(folder.path, folder.compileBusy(), 'work');
  await using scope = new Scope();
  const items = Array.from({ length: 50 }, () => program.items).flat();
  const first = await scope.symbolizer.symbolize(items, { withinMs: 0 });
  assert.equal(first.pending, true);
  assert.equal(first.of.length, items.length);
  assert.equal(first.stacks[first.of.at(-1)!].truncated, 'names are still being looked up');
  const whole = await first.later!;
  assert.equal(whole.pending, false);
  assert.ok(whole.of.every((index) => whole.stacks[index].truncated === ''));
});

test('while the child cannot answer there is a first answer in time, and the whole follows', async () => {
  using folder = new TestFolder();
  await using program = await runBusy(folder.path, folder.compileBusy(), 'work');
  await using scope = new Scope();
  scope.symbolizer.notice([program.pid]);
  const child = scope.symbolizer.pid!;
  process.kill(child, 'SIGSTOP');
  const askedMs = performance.now();
  const first = await scope.symbolizer.symbolize(program.items, { withinMs: 100 });
  assert.ok(performance.now() - askedMs < 3_000);
  assert.deepEqual([first.pending, first.stacks], [true, [{ frames: [], truncated: 'names are still being looked up' }]]);
  process.kill(child, 'SIGCONT');
  const whole = await first.later!;
  assert.equal(whole.pending, false);
  assert.match(stackTexts(whole).join('\n'), /shop::checkout < main/);
});

/** Where a section of the file is. */
function sectionOf(binary: string, name: string): { offset: number; size: number } {
  const sections = execFileSync('readelf', ['-SW', binary], { encoding: 'utf8' });
  const found = new RegExp(`\\s${name.replace('.', '\\.')}\\s+\\S+\\s+\\S+\\s+(\\S+)\\s+(\\S+)`).exec(sections);
  assert.ok(found, `${name} in ${sections}`);
  return { offset: Number.parseInt(found[1], 16), size: Number.parseInt(found[2], 16) };
}

/** A fifth of its bytes are others. */
function withGarbage(file: Buffer, { offset, size }: { offset: number; size: number }, round: number): Buffer {
  const broken = Buffer.from(file);
  for (let i = offset; i < offset + size; i++) if ((i * 2_654_435_761 >>> 8) % 5 === round % 5) broken[i] = (i * 40_503 + round) >>> 3;
  return broken;
}

/** As if it had been cut there. */
function withZeros(file: Buffer, { offset, size }: { offset: number; size: number }, from: number): Buffer {
  return Buffer.from(file).fill(0, offset + from, offset + size);
}

test('debug information of garbage costs names at most, never the answer', async () => {
  using folder = new TestFolder();
  const binary = folder.compileBusy();
  const good = readFileSync(binary);
  await using scope = new Scope({ stuckMs: 40_000 });
  for (const [round, name] of ['.debug_info', '.debug_abbrev', '.debug_line', '.debug_str', '.debug_rnglists', '.symtab', '.strtab', '.shstrtab'].entries()) {
    writeFileSync(binary, withGarbage(good, sectionOf(binary, name), round));
    await using program = await runBusy(folder.path, binary, 'work', 10);
    const named = await scope.symbolizer.symbolize(program.items, WITHIN);
    assert.equal(named.of.length, program.items.length);
    for (const index of named.of) assert.equal(named.stacks[index].truncated, '', `${name}: unwinding needs none of it`);
    await program.end();
  }
});

test('unwinding information of garbage: a stack ends early and says so, and no function is in it that was not called', async () => {
  using folder = new TestFolder();
  const binary = folder.compileBusy();
  const good = readFileSync(binary);
  const eh = sectionOf(binary, '.eh_frame');
  await using scope = new Scope({ stuckMs: 40_000 });
  const called = /^(shop::(mix|Basket<unsigned long>::total|checkout)|main|_start|__libc_start\w*|libc\S*)$/;
  const broken = [...[0, 1].map((round) => withGarbage(good, eh, round)), withZeros(good, eh, 0), withZeros(good, eh, eh.size >> 1), withZeros(good, sectionOf(binary, '.eh_frame_hdr'), 0)];
  let cutShort = 0;
  for (const [round, bytes] of broken.entries()) {
    writeFileSync(binary, bytes);
    await using program = await runBusy(folder.path, binary, 'work', 10);
    const named = await scope.symbolizer.symbolize(program.items, WITHIN);
    for (const index of named.of) {
      const { frames, truncated } = named.stacks[index];
      const names = frames.map((frame) => named.frames[frame].name);
      assert.ok(names.every((one) => called.test(one)), `${round}: ${names.join(' < ')} {${truncated}}`);
      if (truncated !== '') cutShort++;
    }
    await program.end();
  }
  assert.ok(cutShort > 0, 'some of it was needed');
});

test('stack copies of garbage give marked stacks, whatever is in them', async () => {
  using folder = new TestFolder();
  await using program = await runBusy(folder.path, folder.compileBusy(), 'work');
  await using scope = new Scope({ stuckMs: 40_000 });
  const real = program.items.map((item) => item.copy);
  const word = fc.oneof(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.constantFrom(...real.flatMap((copy) => [BigInt(copy.ip), BigInt(copy.sp), BigInt(copy.bp), ...copy.framePointers])));
  const words = (length: number): fc.Arbitrary<BigUint64Array> => fc.array(word, { maxLength: length }).map((values) => BigUint64Array.from(values));
  const copies = fc.record({
    ip: word, sp: word, bp: word, registers: fc.option(words(16).map((some) => BigUint64Array.from({ length: 16 }, (_, i) => some[i] ?? 0n))),
    bytes: fc.oneof(fc.uint8Array({ maxLength: 200 }), words(256).map((some) => new Uint8Array(some.buffer)), fc.constantFrom(...real.map((copy) => copy.bytes))),
    framePointers: words(20), kernel: words(5),
  }) as fc.Arbitrary<StackCopy>;
  await fc.assert(fc.asyncProperty(fc.array(copies, { minLength: 1, maxLength: 50 }), async (some) => {
    const items = some.map((copy) => ({ pid: program.pid, copy }));
    const named = await scope.symbolizer.symbolize(items, WITHIN);
    assert.equal(named.of.length, items.length);
    for (const index of named.of) for (const frame of named.stacks[index].frames) assert.ok(named.frames[frame].name !== '');
  }), { numRuns: 60 });
  assert.equal(scope.symbolizer.crashes, 0);
});

test('processes that are none, or not ours to read, are answered for', async () => {
  await using scope = new Scope();
  const copy: StackCopy = { ip: 4096n, sp: 8192n, bp: 8192n, registers: null, bytes: new Uint8Array(64), framePointers: new BigUint64Array(0), kernel: new BigUint64Array(0) };
  const named = await scope.symbolizer.symbolize([{ pid: 0, copy }, { pid: 0x3fff_ffff, copy }, { pid: -1, copy }], WITHIN);
  for (const index of named.of) assert.match(named.stacks[index].truncated, /ended before it was looked at/);
});

test('the child ends with the thread that started it, even when it does not hear of it', async () => {
  const code = `const { workerData, parentPort } = require('node:worker_threads');
    import(workerData).then(({ Symbolizer }) => {
      const symbolizer = new Symbolizer();
      symbolizer.notice([process.pid]);
      const copy = { ip: 1n, sp: 0n, bp: 0n, registers: null, bytes: new Uint8Array(0), framePointers: new BigUint64Array(0), kernel: new BigUint64Array(0) };
      symbolizer.symbolize([{ pid: process.pid, copy }]).then(() => parentPort.postMessage(symbolizer.pid));
    });`;
  const worker = new Worker(code, { eval: true, workerData: new URL('./symbolizer.js', import.meta.url).href });
  const child = await new Promise<number>((resolve, reject) => { worker.once('message', resolve).once('error', reject); });
  process.kill(child, 'SIGSTOP');
  await worker.terminate();
  // Nobody waits for it any more: it stays a zombie until this process ends.
  await until(() => /\) Z /.test(statOf(child)) || statOf(child) === '', 'the child has gone');
});

test('a symbolizer that is closed leaves no process and answers at once', async () => {
  const symbolizer = new Symbolizer();
  symbolizer.notice([process.pid]);
  const child = symbolizer.pid!;
  await symbolizer.close();
  await until(() => { try { process.kill(child, 0); return false; } catch { return true; } }, 'the child has gone');
  const copy: StackCopy = { ip: 1n, sp: 0n, bp: 0n, registers: null, bytes: new Uint8Array(0), framePointers: new BigUint64Array(0), kernel: new BigUint64Array(0) };
  assert.match((await symbolizer.symbolize([{ pid: process.pid, copy }])).stacks[0].truncated, /closed/);
});
