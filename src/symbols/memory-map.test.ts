import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { findMapping, hasFile, parseMaps } from './memory-map.js';

const MAPS = `55d0c8a00000-55d0c8a2f000 r--p 00000000 fe:00 131 /usr/sbin/nginx
55d0c8a2f000-55d0c8b10000 r-xp 0002f000 fe:00 131 /usr/sbin/nginx
7f0000000000-7f0000010000 rwxp 00000000 00:00 0
7f1200000000-7f1200001000 r-xp 00000000 fe:00 77                         /srv/my app (deleted)
7ffc00000000-7ffc00021000 rw-p 00000000 00:00 0                          [stack]
7ffc00100000-7ffc00102000 r-xp 00000000 00:00 0                          [vdso]
ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]
`;

test('maps are read with what is deleted, nameless or the kernel\'s', () => {
  const maps = parseMaps(MAPS);
  assert.equal(maps.length, 7);
  assert.deepEqual(maps[1], { start: 0x55d0c8a2f000, end: 0x55d0c8b10000, readable: true, writable: false, executable: true, offset: 0x2f000, device: 'fe:00', inode: 131, path: '/usr/sbin/nginx', deleted: false });
  assert.deepEqual(maps.map(hasFile), [true, true, false, true, false, false, false]);
  assert.equal(maps[3].path, '/srv/my app');
  assert.equal(maps[3].deleted, true);
});

test('an address is found in its mapping, and in none between', () => {
  const maps = parseMaps(MAPS);
  assert.equal(findMapping(maps, 0x55d0c8a2f000), maps[1]);
  assert.equal(findMapping(maps, 0x55d0c8b0ffff), maps[1]);
  assert.equal(findMapping(maps, 0x55d0c8b10000), null);
  assert.equal(findMapping(maps, 0), null);
  assert.equal(findMapping([], 5), null);
});

test('lines that are none are left out', () => {
  fc.assert(fc.property(fc.string(), (text) => { for (const one of parseMaps(text)) assert.ok(one.start >= 0); }));
});
