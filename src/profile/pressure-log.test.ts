import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { PressureLog, cpuFolders, cpuMounts } from './pressure-log.js';

test('the CPU controller is found in version 1, in version 2, and where both are mounted', () => {
  const hybrid = cpuMounts('cgroup /sys/fs/cgroup/cpuset cgroup rw,cpuset 0 0\ncgroup /sys/fs/cgroup/cpu,cpuacct cgroup rw,cpu,cpuacct 0 0\ncgroup2 /sys/fs/cgroup/unified cgroup2 rw 0 0\n');
  assert.deepEqual(hybrid, { v1: '/sys/fs/cgroup/cpu,cpuacct', v2: '/sys/fs/cgroup/unified' });
  assert.deepEqual(cpuFolders('4:cpu,cpuacct:/a/b\n0::/other\n', hybrid), ['/sys/fs/cgroup/cpu,cpuacct/a/b', '/sys/fs/cgroup/cpu,cpuacct/a']);
  assert.deepEqual(cpuFolders('0::/pod/box\n', { v1: null, v2: '/c' }), ['/c/pod/box', '/c/pod']);
  assert.deepEqual(cpuFolders('0::/\n', { v1: null, v2: '/c' }), []);
  assert.deepEqual(cpuFolders('0::/../elsewhere\n', { v1: null, v2: '/c' }), []);
  assert.deepEqual(cpuFolders('', { v1: null, v2: null }), []);
});

test('what grew between two looks is told for a window, from whichever level has the limit', () => {
  const root = mkdtempSync(join(tmpdir(), 'kindling-pressure-'));
  try {
    // The process's own path below a root of ours: as if that were where the controller is mounted.
    const log = new PressureLog({ v1: null, v2: root });
    const folders = cpuFolders('0::/pod/box\n', { v1: null, v2: root });
    mkdirSync(folders[0], { recursive: true });
    const write = (times: number, usec: number) => writeFileSync(join(folders[1], 'cpu.stat'), `usage_usec 5\nnr_throttled ${times}\nthrottled_usec ${usec}\n`);
    log.watch(process.pid, 100, folders);
    write(3, 500);
    log.sample(200);
    log.sample(300);
    write(5, 90_500);
    log.sample(400);
    assert.deepEqual(log.between(process.pid, 310, 390), { throttled: 2, throttledNs: 90e6, majorFaults: 0 });
    assert.deepEqual(log.between(process.pid, 210, 290), { throttled: 0, throttledNs: 0, majorFaults: 0 });
    assert.deepEqual(log.between(1, 0, 500), { throttled: null, throttledNs: null, majorFaults: null }, 'nobody looked at that process');
  } finally {
    rmSync(root, { recursive: true });
  }
});
