import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import test from 'node:test';
import { KindlingError } from '../errors/index.js';
import { processTree } from './process-tree.js';

test('a process and what it started; one that has ended is an error only if nobody followed it', async () => {
  const shell = spawn('sh', ['-c', 'sleep 60 & echo $!; wait'], { stdio: ['ignore', 'pipe', 'ignore'] });
  const [line] = await once(shell.stdout!, 'data') as [Buffer];
  const child = Number(line.toString());
  assert.deepEqual(processTree({ pids: [shell.pid!] }).sort(), [shell.pid!, child].sort());
  process.kill(child);
  await once(shell, 'exit');
  assert.throws(() => processTree({ pids: [process.pid, shell.pid!] }), (error) => error instanceof KindlingError && error.code === 'KND-023');
  const followed = processTree({ pids: [process.pid, shell.pid!], followed: true });
  assert.ok(followed.includes(process.pid) && !followed.includes(shell.pid!));
  assert.deepEqual(processTree({ pids: [], followed: true }), []);
});
