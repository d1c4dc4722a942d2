import assert from 'node:assert/strict';
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { RequestList, RequestSummary } from '../../src/server/api.js';
import { Workspace, curl, freePort, h2load, startNginx, startRedis, redisCli, type Server } from '../servers/index.js';
import { Agent, Kindling, MAIN, SLOW } from './kindling.js';

let place: Workspace;
let nginx: Server;

before(async () => {
  place = await Workspace.create('e2ecommands');
  nginx = await startNginx(place);
});
after(() => place.close());

const url = (path: string): string => `http://127.0.0.1:${nginx.port}${path}`;

interface Summary { exitCode: number; requests: number; errors: number; lost: unknown[]; endpoints: Array<{ role: string; protocol: string; endpoint: string; count: number }> }

test('run: the command\'s exit code and output are its own, what its children asked is counted', async () => {
  const script = `for i in 1 2 3; do curl -sS --noproxy '*' ${url('/hello')} ; done; sh -c "curl -sS -o /dev/null --noproxy '*' ${url('/missing')}"; exit 7`;
  await using run = Kindling.start(['run', '--json', '--store', 'off', '--listen', '127.0.0.1:0', '--', 'sh', '-c', script]);
  const { code, stdout, stderr } = await run.ended;
  assert.equal(code, 7, stderr);
  assert.match(stderr, /traces this command: http:\/\/127\.0\.0\.1:\d+/);
  const lines = stdout.trimEnd().split('\n');
  assert.deepEqual(lines.slice(0, 3), ['hello', 'hello', 'hello']);
  const summary = JSON.parse(lines[3]) as Summary;
  assert.deepEqual([summary.exitCode, summary.requests, summary.errors, summary.lost], [7, 4, 1, []]);
  const seen = summary.endpoints.map(({ role, protocol, endpoint, count }) => `${role} ${protocol} ${endpoint} ${count}`).sort();
  assert.deepEqual(seen, ['client http /hello 3', 'client http /missing 1']);
});

test('run: beside an agent that has the address it takes a free one; a busy address that was asked for is an error', async () => {
  const other = createServer();
  const port = await freePort();
  await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve));
  const env = { KINDLING_LISTEN: `127.0.0.1:${port}` };
  await using run = Kindling.start(['run', '--store', 'off', '--', 'true'], { env });
  const { code, stderr } = await run.ended;
  assert.equal(code, 0, stderr);
  assert.match(stderr, /http:\/\/127\.0\.0\.1:\d+/);
  assert.doesNotMatch(stderr, new RegExp(`:${port}\\b`));
  await using asked = Kindling.start(['run', '--store', 'off', '--listen', `127.0.0.1:${port}`, '--', 'true']);
  const refused = await asked.ended;
  assert.equal(refused.code, 5);
  assert.match(refused.stderr, /KND-050: .* in use[\s\S]*--listen/);
  await new Promise((resolve) => other.close(resolve));
});

test('the built command can be executed, also through a link', async () => {
  const link = join(place.directory, 'kindling');
  symlinkSync(MAIN, link);
  await using kindling = Kindling.start(['--version'], { command: [link] });
  const { code, stdout, stderr } = await kindling.ended;
  assert.deepEqual([code, /^\d+\.\d+/.test(stdout)], [0, true], stderr);
});

test('run --stay: the page stays after the command, and SIGINT ends it with the command\'s exit code', async () => {
  await using run = Kindling.start(['run', '--stay', '--store', 'off', '--listen', '127.0.0.1:0', '--', 'sh', '-c', `curl -sS --noproxy '*' ${url('/hello')}; exit 3`]);
  const [, page] = await run.printed('stderr', /the page stays until Ctrl-C: (\S+)/);
  await delay(500 * SLOW);
  const list = await (await fetch(new URL('/api/requests', page))).json() as RequestList;
  assert.deepEqual(list.rows.map((row) => row.resource), ['/hello']);
  assert.match(list.notes.join(), /No history is kept/);
  run.kill('SIGINT');
  assert.equal((await run.ended).code, 3);
});

test('agent: a request is on the page a moment after it ended; watch in a second terminal shows what its filter lets through', async (t) => {
  await using agent = await Agent.start(['--cgroup', place.cgroup.path, '--store-directory', join(place.directory, 'store-page')]);
  assert.equal((await agent.health()).state, 'capturing');
  await using watch = Kindling.start(['watch', '--url', agent.url, 'status:404']);
  await using watchJson = Kindling.start(['watch', '--url', agent.url, '--json', '-n', '1', 'endpoint:/nowhere']);
  await delay(700 * SLOW);
  const delays: number[] = [];
  for (let i = 0; i < 5; i++) {
    await curl([url(`/hello?turn=${i}`)]);
    const endedMs = Date.now();
    await agent.rows(`resource:/hello?turn=${i}`, 1);
    delays.push(Date.now() - endedMs);
  }
  t.diagnostic(`visible after ${delays.join(', ')} ms`);
  await curl([url('/nowhere'), '-o', '/dev/null']);
  assert.equal((JSON.parse((await watchJson.ended).stdout) as RequestSummary).status, '404');
  await watch.printed('stdout', /\/nowhere/);
  assert.doesNotMatch(watch.stdout, /\/hello/);
  watch.kill('SIGINT');
  assert.equal((await watch.ended).code, 0);
  const ended = await agent.process.stop();
  assert.equal(ended.code, 0);
  assert.doesNotMatch(ended.stderr, /"level":[456]0|store is closed/, 'it stops without a complaint');
});

test('export --har: what the agent holds, as an HTTP archive', async () => {
  await using agent = await Agent.start(['--cgroup', place.cgroup.path, '--store', 'off']);
  await curl([url('/hello?har=1'), '-H', 'Authorization: Bearer very-secret-token']);
  const [row] = await agent.rows('resource:/hello?har=1', 1);
  const file = join(place.directory, 'one.har');
  await using one = Kindling.start(['export', '--har', row.id, '-o', file, '--url', agent.url]);
  assert.equal((await one.ended).code, 0, one.stderr);
  const text = readFileSync(file, 'utf8');
  const { log } = JSON.parse(text) as { log: { version: string; entries: Array<{ request: { url: string }; response: { status: number; content: { text: string } } }> } };
  assert.deepEqual([log.version, log.entries[0].response.status, log.entries[0].response.content.text], ['1.2', 200, 'hello\n']);
  assert.match(log.entries[0].request.url, /\/hello\?har=1$/);
  assert.doesNotMatch(text, /very-secret-token/);
  await using many = Kindling.start(['export', '--har', '--filter', 'protocol:http', '--url', agent.url]);
  assert.ok((JSON.parse((await many.ended).stdout) as { log: { entries: unknown[] } }).log.entries.length >= 1);
});

test('record, then replay: the same requests as were sent, by file as live', async () => {
  const redis = await startRedis(place);
  const file = join(place.directory, 'session.kndl');
  await using record = Kindling.start(['record', '--cgroup', place.cgroup.path, '-o', file, '--json']);
  await record.printed('stderr', /Ctrl-C ends it/);
  await h2load({ url: url('/hello'), requests: 500, connections: 5 });
  await redisCli(redis.port, ['SET', 'basket:17', 'x']);
  await delay(300);
  record.kill('SIGINT');
  const recorded = await record.ended;
  assert.equal(recorded.code, 0, recorded.stderr);
  const told = JSON.parse(recorded.stdout) as { requests: number; events: number; lost: unknown[] };
  assert.deepEqual(told.lost, []);
  await using replay = Kindling.start(['replay', file, '--output', 'json']);
  const replayed = await replay.ended;
  assert.equal(replayed.code, 0, replayed.stderr);
  const rows = replayed.stdout.trimEnd().split('\n').map((line) => JSON.parse(line) as RequestSummary);
  assert.equal(rows.length, told.requests);
  assert.equal(rows.filter((row) => row.protocol === 'http' && row.resource === '/hello' && row.status === '200').length, 500);
  assert.ok(rows.some((row) => row.protocol === 'redis' && row.operation === 'SET'));
  const bytes = readFileSync(file);
  writeFileSync(`${file}.cut`, bytes.subarray(0, bytes.length / 2));
  await using broken = Kindling.start(['replay', '--output', 'json', `${file}.cut`]);
  const half = await broken.ended;
  assert.equal(half.code, 7);
  assert.match(half.stderr, /KND-083: .* is broken at .*\n.*was read and shown/);
  assert.ok(half.stdout.split('\n').length > 50, 'what could be read is shown');
});

test('doctor --json: every finding has a state and, unless it is good, what to do', async () => {
  await using doctor = Kindling.start(['doctor', '--json', '--listen', '127.0.0.1:0', '--store-directory', place.directory]);
  const { code, stdout } = await doctor.ended;
  const report = JSON.parse(stdout) as { ok: boolean; probes: Array<{ name: string; state: string; hint: string }> };
  assert.deepEqual([code, report.ok], [0, true], stdout);
  for (const probe of report.probes) assert.equal(probe.hint !== '', probe.state !== 'ok', probe.name);
});
