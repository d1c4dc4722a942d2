/** The addon's own checks: wrong arguments are errors, closed objects say so. Loads nothing into the kernel. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import test from 'node:test';
import { Worker } from 'node:worker_threads';
import { addon, built, type BpfObject } from './addon.js';

const OBJECT = built('bpf/kindling.bpf.o');
const open = (): BpfObject => new (addon().BpfObject)(OBJECT);
/** For arguments that TypeScript does not let through. */
const loose = (object: unknown): Record<string, (...args: unknown[]) => unknown> => object as Record<string, (...args: unknown[]) => unknown>;

test('the object has the programs and constants that the loader asks for', () => {
  assert.ok(existsSync(OBJECT));
  const object = open();
  assert.ok(object.programs().includes('socket_sent'));
  assert.ok(object.initialValue('.rodata.config').length > 0);
  object.close();
});

test('a file that is missing or no BPF object is an error that names it', () => {
  const { BpfObject } = addon();
  assert.throws(() => new BpfObject('/no/such.o'), /\/no\/such\.o/);
  assert.throws(() => new BpfObject('/etc/hostname'), /\/etc\/hostname/);
  for (const path of [undefined, 7, null, {}]) assert.throws(() => new BpfObject(path as string), TypeError);
});

test('arguments are checked', () => {
  const object = loose(open());
  assert.throws(() => object.attach('nothing'), /no program nothing/);
  assert.throws(() => object.mmap('nothing', true), /no map nothing/);
  assert.throws(() => object.mmap('policies', true), /not loaded/);
  assert.throws(() => object.initialValue('policies'), /no initial value/);
  assert.throws(() => object.setMaxEntries('policies', 'many'), TypeError);
  assert.throws(() => object.setInitialValue('.rodata.config', 'text'), TypeError);
  assert.throws(() => object.setInitialValue('.rodata.config', new Uint8Array(1)));
  assert.throws(() => object.lookup('counters', new Uint8Array(3)), RangeError);
  assert.throws(() => object.lookup('counters', new Uint16Array(2)), TypeError);
  assert.throws(() => object.update('policies', new Uint8Array(4), new Uint8Array(1)), RangeError);
  for (const method of ['setMaxEntries', 'setAutoload', 'attach', 'attachCgroup', 'detach', 'runTime', 'mmap', 'lookup', 'update']) {
    assert.throws(() => object[method](), TypeError, method);
    assert.throws(() => object[method].call({}, 'policies'), method);
  }
  object.close();
});

test('a closed object closes again, and everything else on it throws', () => {
  const object = open();
  object.close();
  object.close();
  assert.throws(() => object.programs(), /closed/);
  assert.throws(() => object.load(), /closed/);
  assert.throws(() => object.mmap('policies', false), /closed/);
  assert.throws(() => object.detach('socket_sent'), /closed/);
});

test('two objects and several threads use it at once', async () => {
  const code = `const { workerData } = require('node:worker_threads');
    const { BpfObject } = require(workerData.addon);
    for (let i = 0; i < 3; i++) { const object = new BpfObject(workerData.object); object.programs(); if (i) object.close(); }`;
  const workers = [1, 2].map(() => new Worker(code, { eval: true, workerData: { addon: built('native/kindling.node'), object: OBJECT } }));
  const first = open();
  const second = open();
  first.close();
  assert.ok(second.programs().length > 0);
  second.close();
  for (const code of await Promise.all(workers.map((worker) => new Promise((resolve) => { worker.once('exit', resolve); })))) assert.equal(code, 0);
});
