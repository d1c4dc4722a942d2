/** The notes of when bytes came (bpf/arrival.h), compiled for this machine. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../../../test/events/arrival.c', import.meta.url));
let folder: string;
let binary: string;

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'kindling-arrival-'));
  binary = join(folder, 'arrival');
  execFileSync('gcc', ['-Wall', '-Werror', '-Wno-unknown-pragmas', '-o', binary, PROGRAM]);
});
after(() => rmSync(folder, { recursive: true, force: true }));

/** What each `take` answers: when the first of the bytes had come, 0 when nobody saw. */
const taken = (...commands: string[]): number[] =>
  execFileSync(binary, { input: commands.join('\n'), encoding: 'utf8' }).trim().split('\n').map(Number);

test('bytes came when they were noted; once they are read the note has gone', () => {
  assert.deepEqual(taken('at 100', 'note 50 0', 'take 0 50', 'take 50 60'), [100, 0]);
});

test('what is read in parts came with the note of each part', () => {
  assert.deepEqual(taken('at 100', 'note 50 0', 'at 200', 'note 80 0', 'take 0 10', 'take 10 60', 'take 60 80'), [100, 100, 200]);
});

test('a read over several notes came with the first of them', () => {
  assert.deepEqual(taken('at 100', 'note 10 0', 'at 200', 'note 20 0', 'at 300', 'note 30 0', 'take 0 25', 'take 25 30'), [100, 300]);
});

test('a wake-up without bytes is no arrival', () => {
  assert.deepEqual(taken('at 100', 'note 50 50', 'note 40 50', 'take 50 60'), [0]);
  assert.deepEqual(taken('at 100', 'note 50 0', 'at 200', 'note 50 0', 'take 0 50'), [100]);
});

test('more arrivals than there are notes: the last note stands for the rest, and there is room again after a read', () => {
  const notes = [1, 2, 3, 4, 5, 6].flatMap((i) => [`at ${i}00`, `note ${i}0 0`]);
  assert.deepEqual(taken(...notes, 'take 0 30', 'take 30 60', 'at 900', 'note 70 60', 'take 60 70'), [100, 400, 900]);
});

test('sequence numbers wrap', () => {
  const top = 2 ** 32;
  assert.deepEqual(taken('at 100', `note ${top - 5} ${top - 20}`, 'at 200', `note 10 ${top - 20}`, `take ${top - 20} ${top - 5}`, `take ${top - 5} 10`), [100, 200]);
});

test('bytes that were read without having been seen take their notes along', () => {
  assert.deepEqual(taken('at 100', 'note 50 0', 'at 200', 'note 90 0', 'take 50 90'), [200]);
});
