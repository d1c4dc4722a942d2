import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { PressureLog, controllerFolders, controllerMounts } from './pressure-log.js';

test('the CPU controller is found in version 1, in version 2, and where both are mounted', () => {
  const hybrid = controllerMounts('cpu', 'cgroup /sys/fs/cgroup/cpuset cgroup rw,cpuset 0 0\ncgroup /sys/fs/cgroup/cpu,cpuacct cgroup rw,cpu,cpuacct 0 0\ncgroup2 /sys/fs/cgroup/unified cgroup2 rw 0 0\n');
  assert.deepEqual(hybrid, { v1: '/sys/fs/cgroup/cpu,cpuacct', v2: '/sys/fs/cgroup/unified' });
  assert.deepEqual(controllerFolders('cpu', '4:cpu,cpuacct:/a/b\n0::/other\n', hybrid), ['/sys/fs/cgroup/cpu,cpuacct/a/b', '/sys/fs/cgroup/cpu,cpuacct/a']);
  assert.deepEqual(controllerFolders('cpu', '0::/pod/box\n', { v1: null, v2: '/c' }), ['/c/pod/box', '/c/pod']);
  assert.deepEqual(controllerFolders('cpu', '0::/\n', { v1: null, v2: '/c' }), []);
  assert.deepEqual(controllerFolders('cpu', '0::/../elsewhere\n', { v1: null, v2: '/c' }), []);
  assert.deepEqual(controllerFolders('cpu', '', { v1: null, v2: null }), []);
});

test('what grew between two looks is told for a window, from whichever level has the limit', () => {
  const root = mkdtempSync(join(tmpdir(), 'kindling-pressure-'));
  try {
    // The process's own path below a root of ours: as if that were where the controller is mounted.
    const log = new PressureLog({ cpu: { v1: null, v2: root }, memory: { v1: null, v2: root } });
    const folders = controllerFolders('cpu', '0::/pod/box\n', { v1: null, v2: root });
    mkdirSync(folders[0], { recursive: true });
    const write = (times: number, usec: number) => writeFileSync(join(folders[1], 'cpu.stat'), `usage_usec 5\nnr_throttled ${times}\nthrottled_usec ${usec}\n`);
    log.watch(process.pid, 100, { cpu: folders, memory: folders });
    write(3, 500);
    log.sample(200);
    log.sample(300);
    write(5, 90_500);
    log.sample(400);
    assert.deepEqual(log.between(process.pid, 310, 390), { throttled: 2, throttledNs: 90e6, majorFaults: 0, memoryLimited: null, memoryLimitBytes: null });
    assert.deepEqual(log.between(process.pid, 210, 290), { throttled: 0, throttledNs: 0, majorFaults: 0, memoryLimited: null, memoryLimitBytes: null });
    assert.deepEqual(log.between(1, 0, 500), { throttled: null, throttledNs: null, majorFaults: null }, 'nobody looked at that process');
  } finally {
    rmSync(root, { recursive: true });
  }
});

test('a memory limit that was met is told with its size, in version 1 and in version 2', () => {
  const root = mkdtempSync(join(tmpdir(), 'kindling-pressure-'));
  try {
    const folders = controllerFolders('memory', '0::/pod/box\n', { v1: null, v2: root });
    mkdirSync(folders[0], { recursive: true });
    const log = new PressureLog({ cpu: { v1: null, v2: root }, memory: { v1: null, v2: root } });
    writeFileSync(join(folders[0], 'memory.max'), 'max\n');
    writeFileSync(join(folders[1], 'memory.max'), '67108864\n');
    writeFileSync(join(folders[1], 'memory.events'), 'low 0\nhigh 0\nmax 3\noom 0\n');
    log.watch(process.pid, 100, { cpu: [], memory: folders });
    writeFileSync(join(folders[1], 'memory.events'), 'low 0\nhigh 0\nmax 45\noom 0\n');
    log.look(process.pid, 200);
    const { memoryLimited, memoryLimitBytes } = log.between(process.pid, 150, 190);
    assert.deepEqual({ memoryLimited, memoryLimitBytes }, { memoryLimited: 42, memoryLimitBytes: 64 << 20 });

    const one = join(root, 'one');
    mkdirSync(one);
    writeFileSync(join(one, 'memory.limit_in_bytes'), '9223372036854771712\n');
    const first = new PressureLog({ cpu: { v1: null, v2: null }, memory: { v1: root, v2: null } });
    first.watch(process.pid, 100, { cpu: [], memory: [one] });
    first.look(process.pid, 200);
    assert.equal(first.between(process.pid, 100, 200).memoryLimitBytes, null, 'the highest number there is stands for none');
    writeFileSync(join(one, 'memory.limit_in_bytes'), '1048576\n');
    writeFileSync(join(one, 'memory.failcnt'), '7\n');
    first.look(process.pid, 300);
    writeFileSync(join(one, 'memory.failcnt'), '9\n');
    first.look(process.pid, 400);
    assert.equal(first.between(process.pid, 310, 390).memoryLimited, 2);
  } finally {
    rmSync(root, { recursive: true });
  }
});
