import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setEnvironmentData } from 'node:worker_threads';
import { pino } from 'pino';
import { startAgent, type RunningAgent } from '../agent/agent.js';
import { LiveHub } from '../agent/live-hub.js';
import { sampleRecord } from '../agent/testing/samples.js';
import { loadConfig } from '../config/index.js';
import { runCli, startCli } from './testing/run-cli.js';

const WORKER = new URL('../agent/testing/fake-capture-worker.js', import.meta.url);
const TOKEN = 'a-token-of-20-letters';
const folder = mkdtempSync(join(tmpdir(), 'kindling-remote-'));
let agent: RunningAgent;
let url: string;

before(async () => {
  setEnvironmentData('fake-worker', 'ok');
  const config = loadConfig({ flags: { listen: '127.0.0.1:0', store: 'off', token: TOKEN } });
  agent = await startAgent({ config, scope: { kind: 'tree', pids: [1] }, log: pino({ level: 'silent' }), workerFile: WORKER });
  url = new URL('/', agent.url!).href;
});

after(async () => {
  await agent.stop();
  rmSync(folder, { recursive: true });
});

/** Says the same request again until it was seen: the watcher subscribes when it has started. */
function publishing(): NodeJS.Timeout {
  const hub = agent.live as LiveHub;
  return setInterval(() => hub.publish([
    sampleRecord({ id: '01', resource: '/a\x1b[31mred' }), sampleRecord({ id: '02', resource: '/b', status: '500', error: 'protocol_error', errorText: 'Oops' }),
  ]), 100);
}

test('watch shows what the agent sees, until as many lines as wanted; nothing of it commands the terminal', async () => {
  const timer = publishing();
  const { code, stdout } = await runCli(['watch', '--url', url, '--token', TOKEN, '-n', '2']);
  clearInterval(timer);
  assert.equal(code, 0);
  const lines = stdout.trimEnd().split('\n');
  assert.equal(lines.length, 3);
  assert.match(lines[0], /^TIME +SERVICE/);
  assert.ok(lines[1].endsWith('GET /a\ufffd[31mred'), lines[1]);
  assert.ok(lines[2].endsWith('500   12.0ms    120B GET /b  (Oops)'), lines[2]);
});

test('watch takes filters, columns and --json', async () => {
  const timer = publishing();
  const filtered = await runCli(['watch', '--url', url, '--token', TOKEN, '-n', '1', '--columns', 'id,status', 'error:yes']);
  const json = await runCli(['watch', '--url', url, '-n', '1', '--json', 'status:500'], { KINDLING_TOKEN: TOKEN });
  clearInterval(timer);
  assert.deepEqual(filtered.stdout.split('\n').slice(0, 2), ['ID               STATUS', '02                  500']);
  assert.equal((JSON.parse(json.stdout) as { id: string }).id, '02');
});

test('watch ends with 0 on SIGINT, and when the reader of its pipe has gone', async () => {
  const timer = publishing();
  const watch = startCli(['watch', '--url', url, '--token', TOKEN]);
  await watch.until('stdout', /GET/);
  watch.process.kill('SIGINT');
  assert.equal((await watch.finished).code, 0);
  const piped = startCli(['watch', '--url', url, '--token', TOKEN]);
  await piped.until('stdout', /GET/);
  piped.process.stdout!.destroy();
  assert.equal((await piped.finished).code, 0);
  clearInterval(timer);
});

test('a filter that cannot be understood, a wrong token, an id that is gone: the same codes as everywhere', async () => {
  const cases: Array<[string[], number, RegExp]> = [
    [['watch', '--url', url, '--token', TOKEN, 'bogus:1'], 2, /KND-017: There is no field bogus/],
    [['watch', '--url', url, '--token', 'a-wrong-token-of-24-letters'], 5, /KND-053/],
    [['export', '--url', url, '--token', TOKEN, '--har', 'ff'], 1, /KND-055/],
    [['export', '--url', url], 2, /KND-016: nothing says what to export/],
    [['export', '--url', url, '--har', 'ff', '--filter', 'x'], 2, /KND-015/],
    [['export', '0a', '--url', url, '--har'], 2, /KND-015/],
    [['export', '--url', url, '--format', 'pprof'], 2, /KND-016: a profile is of one request/],
    [['export', '0a', '--url', url, '--format', 'pdf'], 2, /pprof/],
    [['export', '0a', '--url', url, '--token', TOKEN], 1, /KND-071/],
    [['export', '--url', url, '--filter', 'x', '--last', 'yesterday'], 2, /KND-011: `--last`/],
  ];
  for (const [args, code, message] of cases) {
    const result = await runCli(args);
    assert.match(result.stderr, message);
    assert.equal(result.code, code, result.stderr);
  }
});

test('doctor finds a port in use, says what to do, and --json says the same', async () => {
  const listen = new URL(url).host;
  const { stdout } = await runCli(['doctor', '--listen', listen, '--store-directory', folder]);
  assert.match(stdout, new RegExp(`warn address +${listen} is in use\n +→ Another agent may be running`));
  const json = JSON.parse((await runCli(['doctor', '--listen', listen, '--store-directory', folder, '--json'])).stdout) as {
    ok: boolean; probes: Array<{ name: string; state: string; detail: string; hint: string }>;
  };
  assert.equal(json.probes.find((probe) => probe.name === 'address')?.state, 'warn');
  assert.ok(json.probes.length >= 12);
  for (const probe of json.probes) assert.equal(probe.hint !== '', probe.state !== 'ok', probe.name);
});

test('the complete file in docs/config.md is a valid one', () => {
  const docs = readFileSync(new URL('../../../docs/config.md', import.meta.url), 'utf8');
  const yaml = /```yaml\n([\s\S]*?)```/.exec(docs)![1];
  const path = join(folder, 'complete.yaml');
  writeFileSync(path, yaml);
  assert.deepEqual(loadConfig({ files: [path] }).cgroups, ['/system.slice/nginx.service']);
});
