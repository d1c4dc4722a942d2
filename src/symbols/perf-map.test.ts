import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { PerfMap } from './perf-map.js';

/** A /proc with one process, which is called 7 in its own namespace. */
class FakeProc {
  readonly path = mkdtempSync(join(tmpdir(), 'kindling-perf-map-'));
  readonly file = join(this.path, '42/root/tmp/perf-7.map');

  constructor() {
    mkdirSync(join(this.path, '42/root/tmp'), { recursive: true });
    writeFileSync(join(this.path, '42/status'), 'Name:\tjava\nNSpid:\t42\t7\nUid:\t0\n');
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

test('a map is read under the name that the process has in its own namespace, and again when it has grown', () => {
  using proc = new FakeProc();
  const map = new PerfMap(42, proc.path);
  map.refresh();
  assert.equal(map.nameOf(0x1000), null);
  writeFileSync(proc.file, '1000 20 LazyCompile:*add /srv/app.js:3\n2000 10 Builtin: with spaces\n');
  map.refresh();
  assert.equal(map.nameOf(0x1000), 'LazyCompile:*add /srv/app.js:3');
  assert.equal(map.nameOf(0x101f), 'LazyCompile:*add /srv/app.js:3');
  assert.equal(map.nameOf(0x1020), null);
  assert.equal(map.nameOf(0x2001), 'Builtin: with spaces');
  appendFileSync(proc.file, '0x3000 0x10 prefixed\n');
  map.refresh();
  assert.equal(map.nameOf(0x3008), 'prefixed');
});

test('a last line that is half written waits for its other half', () => {
  using proc = new FakeProc();
  const map = new PerfMap(42, proc.path);
  writeFileSync(proc.file, '1000 20 whole\n2000 20 LazyCompile:*ha');
  map.refresh();
  assert.equal(map.nameOf(0x1000), 'whole');
  assert.equal(map.nameOf(0x2000), null);
  appendFileSync(proc.file, 'lf\n');
  map.refresh();
  assert.equal(map.nameOf(0x2000), 'LazyCompile:*half');
});

test('code that was made anew at the same place has its new name; a map that was written anew is read anew', () => {
  using proc = new FakeProc();
  const map = new PerfMap(42, proc.path);
  writeFileSync(proc.file, '1000 20 old\n1000 20 new\n');
  map.refresh();
  assert.equal(map.nameOf(0x1000), 'new');
  writeFileSync(proc.file, '9000 20 x\n');
  map.refresh();
  assert.equal(map.nameOf(0x1000), null);
  assert.equal(map.nameOf(0x9000), 'x');
});

test('a link instead of a file is not followed: the process could point it at what only we may read', () => {
  using proc = new FakeProc();
  writeFileSync(join(proc.path, 'secret'), '1000 20 secret\n');
  symlinkSync(join(proc.path, 'secret'), proc.file);
  const map = new PerfMap(42, proc.path);
  map.refresh();
  assert.equal(map.size, 0);
});

test('of a huge map a bounded part is kept, and look-ups in it answer', () => {
  const map = new PerfMap(1, '/nonexistent');
  for (let piece = 0; piece < 50; piece++) map.add(Array.from({ length: 10_000 }, (_, i) => `${((piece * 10_000 + i) * 64).toString(16)} 20 f${i}\n`).join(''));
  assert.equal(map.size, 400_000);
  assert.equal(map.nameOf(640 + 8), 'f10');
});

test('whatever is written into it, names are bounded text and look-ups answer', () => {
  fc.assert(fc.property(fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('10 10 a\n', '\n', '10 ', 'ffffffffffffffff ffffffffffffffff z\n', '10 0 b\n', '20 5 \u0000\u001b[31m\n'))), fc.nat(), (pieces, address) => {
    const map = new PerfMap(1, '/nonexistent');
    for (const piece of pieces) map.add(piece);
    for (const at of [address, 16, 32]) {
      const name = map.nameOf(at);
      assert.ok(name === null || (name.length > 0 && name.length <= 1_024 && !/\p{Cc}/u.test(name)));
    }
  }));
});
