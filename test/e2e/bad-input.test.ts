/** What cannot work is refused with a reason and what to do; a full disk is lived with. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Workspace, curl, freePort, h2load, startNginx, type Server } from '../servers/index.js';
import { Agent, Kindling, MAIN } from './kindling.js';

let place: Workspace;
let nginx: Server;

before(async () => {
  place = await Workspace.create('e2ebad');
  nginx = await startNginx(place);
});
after(() => place.close());

const url = (path: string): string => `http://127.0.0.1:${nginx.port}${path}`;

async function refused(args: string[], env: Record<string, string> = {}): Promise<{ code: number | null; stderr: string }> {
  await using kindling = Kindling.start(args, { env });
  return await kindling.ended;
}

test('nothing starts with a wrong address, scope, configuration or store; each says what to do', async (t) => {
  const other = createServer();
  t.after(() => other.close());
  const port = await freePort();
  await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve));
  const file = (name: string, text: string): string => {
    const path = join(place.directory, name);
    writeFileSync(path, text);
    return path;
  };
  const notAFolder = file('not-a-folder', '');
  const base = ['agent', '--cgroup', place.cgroup.path, '--store', 'off'];
  const cases: Array<[string[], number, RegExp]> = [
    [[...base, '--listen', `127.0.0.1:${port}`], 5, /KND-050: .*in use[^]*--listen/],
    [[...base, '--listen', '203.0.113.7:9500', '--token', 'a-token-of-20-letters'], 5, /KND-051: [^]*--listen/],
    [[...base, '--listen', '0.0.0.0:0'], 2, /KND-014: [^]*KINDLING_TOKEN/],
    [['agent', '--store', 'off'], 4, /KND-020: [^]*--cgroup PATH/],
    [['agent', '--store', 'off', '--all'], 4, /KND-021: /],
    [['agent', '--store', 'off', '--cgroup', '/no/such/group'], 4, /KND-022: .*\/no\/such\/group/],
    [['agent', '--store', 'off', '--pid', '4194303'], 4, /KND-023: .*4194303/],
    [[...base, '--config', file('unknown.yaml', 'listen:\n  adress: 127.0.0.1:9501\n')], 2, /KND-010: .*listen\.adress.*unknown\.yaml.*address/],
    [[...base, '--config', file('value.yaml', 'store:\n  retention: soon\n')], 2, /KND-011: .*store\.retention.*value\.yaml[^]*Example/],
    [[...base, '--config', file('syntax.yaml', 'a: [1\nb: 2\n')], 2, /KND-013: .*syntax\.yaml/],
    [[...base, '--config', join(place.directory, 'absent.yaml')], 2, /KND-012: .*absent\.yaml/],
    [['agent', '--cgroup', place.cgroup.path, '--listen', '127.0.0.1:0', '--store-directory', join(notAFolder, 'store')], 6, /KND-062: [^]*--store-directory/],
  ];
  for (const [args, code, message] of cases) {
    const result = await refused(args);
    assert.match(result.stderr, message);
    assert.equal(result.code, code, result.stderr);
    assert.doesNotMatch(result.stderr, /\n\s+at /, 'no stack trace');
  }
});

test('a full disk: capture goes on and the page says so; once there is room, what happens is stored again', { timeout: 120_000 }, async (t) => {
  const disk = join(place.directory, 'disk');
  mkdirSync(disk);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=160m', 'kindling-test', disk]);
  t.after(() => execFileSync('umount', [disk]));
  await using agent = await Agent.start(['--cgroup', place.cgroup.path, '--store-directory', join(disk, 'store'), '--disk-budget', '64MiB', '--keep', 'all']);
  await curl([url('/hello?disk=before')]);
  await agent.rows('resource:/hello?disk=before', 1);
  const { bavail, bsize } = statfsSync(disk);
  writeFileSync(join(disk, 'filler'), Buffer.alloc(bavail * bsize - 200_000));
  await h2load({ url: url('/hello'), requests: 20_000, connections: 10 });
  const tick = agent.tick((seen) => seen.notes.some((note) => /full/i.test(note)), 30_000);
  const { store, requests, state } = await agent.until(() => agent.health(), (health) => health.store?.state === 'degraded' && health.requests.total >= 20_000, 'the page says that the disk is full', 30_000);
  assert.match(store!.message, /disk.* full/i);
  assert.deepEqual([state, requests.total >= 20_001], ['capturing', true]);
  await tick;
  t.diagnostic(store!.message);
  assert.match((await agent.list('', 1)).notes.join(' '), /could not be stored/);
  rmSync(join(disk, 'filler'));
  await agent.until(() => agent.health(), (health) => health.store?.state === 'ok', 'the store is well again', 40_000);
  await delay(200);
  await curl([url('/hello?disk=after')]);
  await agent.rows('resource:/hello?disk=after', 1, 20_000);
});

test('a disk that fills up under a recording: `record` says so and keeps what it has, an agent goes on without', { timeout: 60_000 }, async (t) => {
  const disk = join(place.directory, 'small');
  mkdirSync(disk);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'kindling-test', disk]);
  t.after(() => execFileSync('umount', [disk]));
  const file = join(disk, 'session.kndl');
  await using record = Kindling.start(['record', '--cgroup', place.cgroup.path, '-o', file]);
  await record.printed('stderr', /Ctrl-C ends it/);
  await h2load({ url: url('/hello'), requests: 10_000 });
  const ended = await record.ended;
  assert.equal(ended.code, 1);
  assert.match(ended.stderr, /KND-084: .*ENOSPC; what was recorded until then is kept/);
  await using replay = Kindling.start(['replay', '--output', 'json', file]);
  assert.ok((await replay.ended).stdout.split('\n').length > 500);
  rmSync(file);
  await using agent = await Agent.start(['--cgroup', place.cgroup.path, '--store', 'off', '--record', file]);
  await h2load({ url: url('/hello'), requests: 10_000 });
  const { losses, requests } = await agent.until(() => agent.health(), (health) => health.requests.total >= 10_000 && health.losses.length > 0, 'the agent goes on');
  assert.deepEqual([requests.total, losses.map((loss) => loss.reason)], [10_000, ['recording_stopped']]);
  assert.match(agent.process.stderr, /KND-084/);
});

test('run where no cgroup can be made: the process tree is the scope', async () => {
  const script = `unshare -m sh -c 'for mount in $(awk "\\$3 == \\"cgroup2\\" {print \\$2}" /proc/mounts); do umount -l $mount; done; exec "$@"' sh "$@"`;
  await using run = Kindling.start(['run', '--json', '--store', 'off', '--listen', '127.0.0.1:0', '--', 'sh', '-c', `sh -c "curl -sS -o /dev/null --noproxy '*' ${url('/hello')}"; sh -c "(curl -sS -o /dev/null --noproxy '*' ${url('/hello')})"; true`],
    { command: ['sh', '-c', script, 'sh', process.execPath, MAIN] });
  const { code, stdout, stderr } = await run.ended;
  assert.equal(code, 0, stderr);
  const summary = JSON.parse(stdout) as { requests: number; lost: unknown[] };
  assert.deepEqual([summary.requests, summary.lost], [2, []]);
});
