/** Profiles of a real slow program: exported, summed up, kept, and at the end of a run. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import type { Causes, Profile } from '../../src/server/api.js';
import { Workspace, freePort } from '../servers/index.js';
import { Agent, Kindling } from './kindling.js';
import { kindling, profiled, profiles, startSlowService, type SlowService } from './slow-service.js';

let place: Workspace;
let service: SlowService;

before(async () => {
  place = await Workspace.create('e2esharing');
  service = await startSlowService(place);
});
after(() => place.close());

const hasGo = spawnSync('go', ['version']).status === 0;

/** What `go tool pprof` reads of it: functions by the time below them. */
function pprofTop(path: string): string {
  const { stdout, stderr } = spawnSync('go', ['tool', 'pprof', '-top', '-cum', path], { encoding: 'utf8', env: { ...process.env, HOME: place.directory, PPROF_TMPDIR: place.directory, GOTOOLCHAIN: 'local' } });
  return stdout + stderr;
}

test('export: a real profile in every format; top and /api/causes say what it is about', async () => {
  await using agent = await Agent.start(['--cgroup', place.cgroup.path, '--store', 'off', '--profile']);
  await Promise.all([service.ask('/busy'), service.ask('/wait')]);
  const [row] = await profiled(agent, '/busy', 1);
  await profiled(agent, '/wait', 1);
  const file = async (format: string): Promise<Buffer> => {
    const path = join(place.directory, `profile.${format}`);
    const { code, stderr } = await kindling('export', row.id, '--format', format, '-o', path, '--url', agent.url);
    assert.equal(code, 0, stderr);
    return readFileSync(path);
  };
  // With its names: the verdict may say more then.
  const profile = await agent.until(() => agent.get<Profile>(`/api/requests/${row.id}/profile`), ({ stacks }) => !stacks.pending, 'all names are there', 30_000);
  const executed = profile.threads.find((thread) => thread.executed)!;
  const [perfetto, speedscope, pprof, html] = await Promise.all(['perfetto', 'speedscope', 'pprof', 'html'].map(file));

  const trace = JSON.parse(perfetto.toString('utf8')) as { otherData: { verdict: string }; traceEvents: Array<{ ph: string; tid: number; dur?: number; name: string }> };
  const slices = trace.traceEvents.filter(({ ph, tid }) => ph === 'X' && tid === executed.tid);
  assert.equal(slices.length, executed.slices.length);
  assert.ok(slices.some(({ name, dur }) => name === 'running' && dur! > 0));
  assert.equal(trace.otherData.verdict, profile.verdict);

  const scope = JSON.parse(speedscope.toString('utf8')) as { profiles: Array<{ name: string; endValue: number }> };
  assert.equal(scope.profiles[0].name, 'critical path');
  assert.ok(scope.profiles.some(({ name }) => name.includes(`(${executed.tid}), executed the request`)));
  assert.ok(gunzipSync(pprof).includes(Buffer.from(`(${executed.tid})`)));
  if (hasGo) assert.match(pprofTop(join(place.directory, 'profile.pprof')), /\bburnTheCpu\b/);
  const page = html.toString('utf8');
  const data = /<script[^>]*id="profile"[^>]*>([\s\S]*?)<\/script>/.exec(page)![1];
  assert.deepEqual((JSON.parse(data) as Profile).ledger, profile.ledger);
  assert.doesNotMatch(page, /<(script|link)[^>]*(src|href)="(?!data:)/, 'it needs no other file');

  const [asJson, top] = await Promise.all([kindling('top', '--json', '--url', agent.url), kindling('top', '--once', '--url', agent.url)]);
  const json = JSON.parse(asJson.stdout) as { causes: Causes };
  const endpoint = json.causes.endpoints.find((one) => one.endpoint === '/busy')!;
  assert.deepEqual([endpoint.worst.id, endpoint.worst.verdict], [row.id, profile.verdict]);
  const sum = json.causes.kinds.reduce((total, { ns }) => total + ns, 0);
  assert.ok(Math.abs(sum - json.causes.totalNs) < 0.001 * json.causes.totalNs, `${sum} of ${json.causes.totalNs} ns have a kind`);
  assert.equal(top.code, 0, top.stderr);
  assert.match(top.stdout, /\/busy\n/);
  assert.match(top.stdout, /profiled requests/);
  assert.doesNotMatch(top.stdout, /\x1b/);
  const metrics = await (await fetch(new URL('/metrics', agent.url))).text();
  assert.match(metrics, /^kindling_profile_cause_duration_nanoseconds_total\{service="[^"]+",endpoint="\/busy",kind="cpu"\} \d+$/m);
  assert.match(metrics, /^kindling_agent_recorder_on 1$/m);
  assert.match(metrics, /^kindling_agent_recorder_records_total [1-9]\d*$/m);
});

test('profiles are there again after kill -9, also without the index that was not written', async () => {
  const store = join(place.directory, 'store-killed');
  const scope = ['--cgroup', place.cgroup.path, '--store-directory', store];
  let ids: string[];
  {
    await using agent = await Agent.start([...scope, '--profile']);
    await service.ask('/busy');
    await service.ask('/wait');
    ids = [...await profiled(agent, '/busy', 1), ...await profiled(agent, '/wait', 1)].map(({ id }) => id);
    await agent.until(async () => readdirSync(join(store, 'profiles')), (names) => ids.every((id) => names.includes(`${id}.json.gz`)), 'both are on the disk');
    agent.process.kill('SIGKILL');
    await agent.process.ended;
  }
  writeFileSync(join(store, 'profiles', '00000000000000ff.json.gz.new'), 'half written');
  await using agent = await Agent.start(scope);
  const again = (await profiles(agent)).map(({ id }) => id);
  assert.ok(ids.every((id) => again.includes(id)), `${ids} in ${again}`);
  assert.equal((await agent.get<Profile>(`/api/requests/${ids[0]}/profile`)).requestId, ids[0]);
  assert.ok(!readdirSync(join(store, 'profiles')).some((name) => name.endsWith('.new')));
});

test('run --profile: at the end the slowest requests with their verdicts', async () => {
  const inner = `PORT=$KINDLING_TEST_PORT node ${service.script} & S=$!; for i in $(seq 600); do curl -sS -o /dev/null --noproxy '*' http://127.0.0.1:$KINDLING_TEST_PORT/quick 2>/dev/null && break; sleep 0.05; done; curl -sS -o /dev/null --noproxy '*' http://127.0.0.1:$KINDLING_TEST_PORT/busy; kill $S; wait $S; true`;
  const env = { KINDLING_TEST_PORT: String(await freePort()) };
  await using json = Kindling.start(['run', '--json', '--profile', '--store', 'off', '--listen', '127.0.0.1:0', '--', 'sh', '-c', inner], { env });
  const { stdout, stderr: messages } = await json.ended;
  const { slowest } = JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as { slowest: Array<{ endpoint: string; durationNs: number; verdict: string; cause: { kind: string } }> };
  const busy = slowest.find(({ endpoint }) => endpoint === '/busy');
  assert.ok(busy && busy.durationNs >= 650e6 && busy.verdict.length > 20, messages);
});
