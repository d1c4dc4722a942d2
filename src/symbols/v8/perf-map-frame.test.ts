import assert from 'node:assert/strict';
import { test } from 'node:test';
import { perfMapFrame } from './perf-map-frame.js';

// Lines of maps that Node 20 has written.
test('a function of a perf map has name, script and line, whatever tier it ran in', () => {
  const seen = (name: string) => {
    const frame = perfMapFrame(name);
    return frame && [frame.name, frame.file, frame.line];
  };
  assert.deepEqual(seen('JS:*outerWork /srv/app/work.js:4:19'), ['outerWork', '/srv/app/work.js', 4]);
  assert.deepEqual(seen('JS:^ /srv/app/work.js:8:55'), ['(anonymous)', '/srv/app/work.js', 8]);
  assert.deepEqual(seen('LazyCompile:~makeBitMapDescriptor node:internal/streams/writable:128:30'), ['makeBitMapDescriptor', 'node:internal/streams/writable', 128]);
  assert.deepEqual(seen('JS:*serve file:///srv/app/main.mjs:1:2'), ['serve', '/srv/app/main.mjs', 1]);
});

test('code that is no function of a script has none', () => {
  for (const name of [null, 'Builtin:ArrayMap', 'RegExp:^(a+)+$', 'Stub:CEntryStub', '', 'JS:']) assert.equal(perfMapFrame(name), null);
});
