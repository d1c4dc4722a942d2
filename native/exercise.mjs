// Uses the addon in every way that is allowed and in many that are not: run under AddressSanitizer by native/asan.sh, with
// the addon's path in KINDLING_ADDON and node --expose-gc. Loads BPF programs where the kernel allows, traces nothing.
import assert from 'node:assert/strict';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

/** Node unloads addons before leaks are looked for, whose origin could then not be named. */
const RTLD_NODELETE = 0x1000;
const native = { exports: {} };
process.dlopen(native, process.env.KINDLING_ADDON, constants.dlopen.RTLD_NOW | RTLD_NODELETE);
const addon = native.exports;
const OBJECT = fileURLToPath(new URL('../dist/bpf/kindling.bpf.o', import.meta.url));
const METHODS = ['programs', 'setMaxEntries', 'setAutoload', 'initialValue', 'setInitialValue', 'load', 'attach', 'attachCgroup', 'detach', 'runTime', 'mmap', 'lookup', 'update'];
const WRONG = [[], [undefined], [null], [7], [{}], [Symbol('x')], ['no such name'], ['no such name', 1, 2], ['policies'], ['policies', 'x'], ['policies', -1],
  ['policies', new Uint8Array(1)], ['policies', new Uint8Array(4), new Uint8Array(1)], ['policies', new Uint16Array(2), new Uint8Array(8)],
  ['policies', new DataView(new ArrayBuffer(4)), 3], ['process_forked', {}], ['x'.repeat(100_000)], ['\0']];

/** Whatever is passed, an Error comes or a result, never a crash. */
function misuse(object) {
  for (const method of METHODS) {
    if (method === 'load' || method === 'programs') continue;
    for (const args of WRONG) {
      try { object[method](...args); } catch (error) { assert.ok(error instanceof Error, method); }
    }
    assert.throws(() => object[method].call({}, 'policies'), method);
    assert.throws(() => object[method].call(null), method);
  }
  for (const args of WRONG) {
    if (args.length === 0 || typeof args[0] !== 'string') assert.throws(() => new addon.BpfObject(...args));
    try { addon.kernelHas(...args); } catch (error) { assert.ok(error instanceof Error); }
  }
  assert.throws(() => addon.BpfObject(OBJECT));
  assert.throws(() => new addon.BpfObject('/no/such/file'));
  assert.throws(() => new addon.BpfObject('/etc/passwd'));
}

function assertClosed(object) {
  for (const method of METHODS) assert.throws(() => object[method]('policies', new Uint8Array(4), new Uint8Array(8)), /closed|must be/, method);
  object.close();
}

function prepare() {
  const object = new addon.BpfObject(OBJECT);
  for (const name of object.programs()) object.setAutoload(name, name === 'process_executed' || name === 'process_exited');
  const image = object.initialValue('.rodata.config');
  // A process tree without processes: nobody is in scope.
  new DataView(image.buffer).setUint32(Number(process.env.KINDLING_SCOPE_OFFSET), Number(process.env.KINDLING_SCOPE_TREE), true);
  object.setInitialValue('.rodata.config', image);
  assert.throws(() => object.setInitialValue('.rodata.config', new Uint8Array(3)));
  return object;
}

function load(object) {
  object.load();
  assert.throws(() => object.load());
  assert.throws(() => object.setMaxEntries('policies', 7));
  object.attach('process_executed');
  object.attach('process_executed');
  object.detach('process_executed');
  object.detach('process_executed');
  object.attach('process_executed');
  object.runTime('process_executed');
  misuse(object);
  object.update('policies', new Uint8Array(4), new Uint8Array(8).fill(3));
  assert.deepEqual([...object.lookup('policies', new Uint8Array(4))], [3, 3, 3, 3, 3, 3, 3, 3]);
  assert.equal(object.lookup('counters', new Uint8Array(4)).length, 8 * addon.possibleCpus());
  assert.equal(object.lookup('policies', new Uint8Array(4).fill(255)), null);
}

function collect() {
  for (let i = 0; i < 5; i++) globalThis.gc?.();
}

function life() {
  const unloaded = prepare();
  misuse(unloaded);
  assert.throws(() => unloaded.mmap('policies', true), /not loaded/);
  unloaded.close();
  unloaded.close();
  assertClosed(unloaded);
  const first = prepare();
  const second = prepare();
  load(first);
  load(second);
  const memory = new Uint32Array(first.mmap('policies', true));
  const again = new Uint32Array(first.mmap('policies', false));
  const other = new Uint32Array(second.mmap('policies', true));
  memory[10] = 77;
  assert.equal(again[10], 77);
  assert.equal(other[10], 0, 'two objects share nothing');
  first.close();
  memory[10] = 78;
  assert.equal(again[10], 78, 'a mapping outlives its object');
  first.close();
  assertClosed(first);
  for (let i = 0; i < 50; i++) second.mmap('policies', true);
  collect();
  other[1] = 1;
  // `second` is never closed: collected with its links, or freed with its thread.
}

if (!isMainThread) {
  life();
  if (workerData.stay) {
    const object = prepare();
    object.load();
    const memory = new Uint32Array(object.mmap('policies', true));
    parentPort.postMessage('mapped');
    for (;;) memory[0]++;
  }
} else {
  life();
  const ended = (worker) => new Promise((resolve, reject) => { worker.once('exit', resolve).once('error', reject); });
  const file = fileURLToPath(import.meta.url);
  await Promise.all([1, 2].map(() => ended(new Worker(file, { workerData: {} }))));
  const busy = new Worker(file, { workerData: { stay: true } });
  await new Promise((resolve, reject) => { busy.once('message', resolve).once('error', reject); });
  await busy.terminate();
  life();
  collect();
  process.stdout.write('the addon survived\n');
}
