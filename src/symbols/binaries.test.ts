import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Binaries } from './binaries.js';
import type { Mapping } from './runtime.js';

const proc = mkdtempSync(join(tmpdir(), 'kindling-proc-'));
after(() => rmSync(proc, { recursive: true }));

const FILE = '/usr/bin/env';
const { ino: inode } = statSync(FILE);

function mapped(start: number, more: Partial<Mapping> = {}): Mapping {
  return { start, end: start + 0x1000, readable: true, writable: false, executable: true, offset: 0, device: '08:01', inode, path: FILE, deleted: false, ...more };
}

/** What is left of /proc/PID: the file that its mapping at `start` leads to; nothing when the process is ending. */
function process(pid: number, start: number, target: string | null): void {
  mkdirSync(join(proc, String(pid), 'map_files'), { recursive: true });
  if (target !== null) symlinkSync(target, join(proc, String(pid), 'map_files', `${start.toString(16)}-${(start + 0x1000).toString(16)}`));
}

const binaries = (): Binaries => new Binaries(new Map(), () => {}, proc);

test('a file of a process that is just ending is the one that another process mapped', () => {
  process(100, 0x4000, FILE);
  process(101, 0x8000, null);
  const files = binaries();
  const ended = files.of(101, mapped(0x8000))!;
  assert.deepEqual([ended.binary, /cannot be opened/.test(ended.problem)], [null, true]);
  const known = files.of(100, mapped(0x4000))!;
  assert.ok(known.binary !== null && known.problem === '', known.problem);
  assert.equal(files.of(101, mapped(0x8000)), known);
});

test('another file of that name, or one that was replaced, is not taken for it', () => {
  process(110, 0x4000, FILE);
  process(111, 0x8000, null);
  const files = binaries();
  files.of(110, mapped(0x4000));
  assert.equal(files.of(111, mapped(0x8000, { inode: inode + 1 }))!.binary, null);
  files.of(110, mapped(0x4000, { deleted: true, path: '/usr/bin/former' }));
  assert.equal(files.of(111, mapped(0x8000, { deleted: true, path: '/usr/bin/former' }))!.binary, null);
});

test('a file that is no program is said to be none, each time', () => {
  const script = '/etc/passwd';
  process(120, 0x4000, script);
  const files = binaries();
  for (let i = 0; i < 2; i++) assert.match(files.of(120, mapped(0x4000, { path: script, inode: statSync(script).ino }))!.problem, /passwd cannot be read/);
});
