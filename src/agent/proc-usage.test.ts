import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import test from 'node:test';
import { readProcessUsage } from './proc-usage.js';

test('memory of another Node: its code is resident, but not its own', async () => {
  const other = spawn(process.execPath, ['-e', 'globalThis.own = Buffer.alloc(40e6, 1); console.log("there"); setInterval(() => 0, 1e6)'], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    await new Promise((resolve) => other.stdout.once('data', resolve));
    const { rssBytes, anonymousBytes } = readProcessUsage(other.pid!)!;
    assert.ok(anonymousBytes > 40e6, `own: ${anonymousBytes}`);
    assert.ok(rssBytes > anonymousBytes + 20e6, `resident: ${rssBytes}, own: ${anonymousBytes}`);
  } finally {
    other.kill('SIGKILL');
  }
});

test('of a process that is gone nothing is known', () => {
  assert.equal(readProcessUsage(2 ** 22 + 1), null);
});
