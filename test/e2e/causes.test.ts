/** Requests that are slow for a known reason get verdicts that say so: the accuracy bench, a few causes of it. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../bench/causes/main.js', import.meta.url));
const CAUSES = ['cpu', 'lock', 'sleep', 'slow-sql'];
const RUNS = 2;

interface Line { cause: string; runs: number; right: number; threadRight: number; medianRemainder: number; worstRemainder: number }

function play(args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => { output.stdout += text; });
  child.stderr.setEncoding('utf8').on('data', (text: string) => { output.stderr += text; });
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, ...output })));
}

test('a computing function, a lock, a sleep and a slow statement are named, with the thread that executed the request', async () => {
  const { code, stdout, stderr } = await play(['--json', '--verbose', '--runs', String(RUNS), '--only', CAUSES.join(',')]);
  assert.equal(code, 0, stderr);
  const lines = stdout.trim().split('\n').map((line) => JSON.parse(line) as Line);
  assert.deepEqual(lines.map((line) => line.cause).sort(), [...CAUSES].sort());
  for (const line of lines) {
    assert.equal(line.runs, RUNS);
    assert.equal(line.threadRight, RUNS, stderr);
    // What else runs on the machine may really have been the cause of one of them.
    assert.ok(line.right >= RUNS - 1, stderr);
    assert.ok(line.medianRemainder <= 0.1, stderr);
  }
  assert.ok(lines.reduce((sum, line) => sum + line.right, 0) >= lines.length * RUNS - 1, stderr);
});

test('a cause that does not exist is refused with the list of those that do', async () => {
  const { code, stderr } = await play(['--only', 'gremlins']);
  assert.equal(code, 2);
  assert.match(stderr, /there is no cause "gremlins"; known: .*\bslow-sql\b/);
});
