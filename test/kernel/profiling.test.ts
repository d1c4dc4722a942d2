/** Profiling switched on and off at run time: what is there while it is on, and that nothing of it stays. */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { Profiling } from '../../src/agent/profiling.js';
import { Workspace } from '../servers/index.js';

let workspace: Workspace;
before(async () => { workspace = await Workspace.create('profiling'); });
after(async () => { await workspace.close(); });

/** Programs, links and maps that this process holds, its perf events, and maps that are mapped into its memory. */
function held(): { bpf: number; perf: number; mapped: number } {
  const targets = readdirSync('/proc/self/fd').map((fd) => { try { return readlinkSync(`/proc/self/fd/${fd}`); } catch { return ''; } });
  return {
    bpf: targets.filter((target) => /^anon_inode:\[?bpf/.test(target)).length, perf: targets.filter((target) => target === 'anon_inode:[perf_event]').length,
    mapped: readFileSync('/proc/self/maps', 'latin1').split('\n').filter((line) => line.includes('bpf-map')).length,
  };
}

test('off, on, off and on again: programs, samples and memory are there only while it is on', async () => {
  const connected: boolean[] = [];
  const failures: string[] = [];
  const profiling = new Profiling({
    worker: async () => ({ scope: { kind: 'cgroup', paths: [workspace.cgroup.path] }, excludePids: [process.pid], bytesPerCpu: 4 << 20, logs: true }),
    connect: (jobs) => connected.push(jobs !== null),
    listener: { profile: () => undefined, namerStarted: () => undefined, ended: () => undefined, profileFailed: (_id, reason) => failures.push(reason), died: (error) => failures.push(error.message) },
  });
  assert.deepEqual(held(), { bpf: 0, perf: 0, mapped: 0 });
  for (let round = 0; round < 2; round++) {
    await profiling.start();
    await profiling.start();
    assert.ok(profiling.on);
    const { bpf, perf, mapped } = held();
    assert.ok(bpf > 10 && perf >= 1 && mapped >= 4, JSON.stringify(held()));
    assert.deepEqual(profiling.hooks.filter(({ state }) => state === 'failed'), []);
    assert.ok(profiling.hooks.some(({ name, state }) => name === 'thread_switched' && state === 'attached'));
    assert.ok(profiling.memoryBytes >= 4 << 20);
    await profiling.stop();
    await profiling.stop();
    assert.ok(!profiling.on);
    assert.deepEqual([profiling.hooks, profiling.memoryBytes], [[], 0]);
    assert.deepEqual(held(), { bpf: 0, perf: 0, mapped: 0 });
  }
  assert.deepEqual(connected, [true, false, true, false]);
  assert.deepEqual(failures, []);
});

test('a scope that is not there is an error of the start, and the next start works', async () => {
  let path = `${workspace.cgroup.path}-missing`;
  const profiling = new Profiling({
    worker: async () => ({ scope: { kind: 'cgroup', paths: [path] }, excludePids: [], bytesPerCpu: 4 << 20, logs: false }),
    connect: () => undefined,
    listener: { profile: () => undefined, namerStarted: () => undefined, ended: () => undefined, profileFailed: () => undefined, died: () => assert.fail('it was not on') },
  });
  await assert.rejects(profiling.start(), /cgroup/i);
  assert.ok(!profiling.on);
  ({ path } = workspace.cgroup);
  await profiling.start();
  assert.ok(profiling.hooks.some(({ name, state, reason }) => name === 'call_returned' && state === 'skipped' && reason !== ''));
  await profiling.stop();
});
