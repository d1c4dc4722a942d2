import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Profiling } from './profiling.js';

test('a profile thread that crashes ends profiling, not the agent: it is told once, and can be started again', async () => {
  const connected: boolean[] = [];
  let died!: (reason: string) => void;
  const death = new Promise<string>((resolve) => { died = resolve; });
  const profiling = new Profiling({
    worker: async () => ({ scope: { kind: 'tree', pids: [1] }, excludePids: [], bytesPerCpu: 4 << 20, logs: false }),
    connect: (jobs) => connected.push(jobs !== null),
    listener: { profile: () => undefined, namerStarted: () => undefined, ended: () => undefined, profileFailed: () => undefined, died: (error) => died(error.message) },
    file: new URL('./testing/fake-profile-worker.js', import.meta.url),
  });
  await profiling.start();
  profiling.exclude([1]);
  assert.match(await death, /a slice too many/);
  assert.deepEqual([profiling.on, profiling.hooks, profiling.memoryBytes, connected], [false, [], 0, [true, false]]);
  await profiling.start();
  assert.ok(profiling.on && profiling.hooks.length === 1);
  await profiling.stop();
  assert.deepEqual([profiling.on, connected], [false, [true, false, true, false]]);
});
