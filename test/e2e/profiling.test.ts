/** The flight recorder from outside: on and off at run time, asked for, exported, summed up; with a program that is really slow. */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { after, before, test } from 'node:test';
import type { Causes, Profile, ProfileSummary, ProfilingState } from '../../src/server/api.js';
import { Workspace, curl, freePort, startNodeService, type Server } from '../servers/index.js';
import { Agent, Kindling } from './kindling.js';

/** `/busy` has the CPU for 700 ms in a named function, `/wait` waits for a timer, anything else is quick. */
const SCRIPT = `
const { createServer } = require('node:http');
function burnTheCpu() { let sum = 0; for (const end = Date.now() + 700; Date.now() < end;) sum += Math.sqrt(sum + 1); return sum; }
createServer((request, response) => {
  if (request.url.startsWith('/busy')) { burnTheCpu(); console.error('busy is done'); response.end('busy'); }
  else if (request.url.startsWith('/wait')) setTimeout(() => response.end('waited'), 700);
  else response.end('quick');
}).listen(Number(process.env.PORT), '127.0.0.1');
`;

let place: Workspace;
let service: Server;
let script: string;

before(async () => {
  place = await Workspace.create('e2eprofiling');
  script = join(place.directory, 'slow-service.cjs');
  writeFileSync(script, SCRIPT);
  service = await startNodeService(place, { script, name: 'slow-service' });
});
after(() => place.close());

const ask = (path: string) => curl([`http://127.0.0.1:${service.port}${path}`]);
const profiles = (agent: Agent): Promise<ProfileSummary[]> => agent.get('/api/profiles?limit=1000');

async function kindling(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  await using command = Kindling.start(args);
  return await command.ended;
}

async function profilingState(agent: Agent, ...args: string[]): Promise<ProfilingState> {
  const { code, stdout, stderr } = await kindling('profiling', ...args, '--json', '--url', agent.url);
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout) as ProfilingState;
}

/** Requests of this path that have a profile, once there are so many. */
async function profiled(agent: Agent, endpoint: string, count: number): Promise<ProfileSummary[]> {
  const own = async (): Promise<ProfileSummary[]> => {
    try {
      return (await profiles(agent)).filter((row) => row.endpoint === endpoint);
    } catch {
      return []; // off, and nothing kept
    }
  };
  return agent.until(own, (rows) => rows.length >= count, `${count} profiles of ${endpoint}`, 20_000);
}

test('profiling: off nothing is profiled and nothing attached; on slow requests are; off again it is gone and what was kept stays', async () => {
  await using agent = await Agent.start(['--cgroup', place.cgroup.path, '--store', 'off']);
  const off = await profilingState(agent);
  assert.deepEqual([off.on, off.hooks, off.profiles.count], [false, [], 0]);
  await ask('/busy');
  await agent.rows('endpoint:/busy', 1);
  const early = await fetch(new URL('/api/profiles', agent.url));
  assert.deepEqual([early.status, (await early.json() as { code: string }).code], [404, 'profiling_off']);
  const refused = await kindling('profiling', 'ask', '--service', 'x', '--endpoint', '/quick', '--url', agent.url);
  assert.deepEqual([refused.code, /KND-071/.test(refused.stderr)], [1, true], refused.stderr);

  const on = await profilingState(agent, 'on');
  assert.ok(on.on && on.memoryBytes > 1e6 && on.hooks.some(({ name, state }) => name === 'thread_switched' && state === 'attached'), JSON.stringify(on));
  await ask('/busy');
  const [row] = await profiled(agent, '/busy', 1);
  assert.deepEqual([row.reason, row.durationNs >= 650e6, row.verdict.length > 20], ['slow', true, true]);
  const text = await kindling('profiling', '--url', agent.url);
  assert.match(text.stdout, /^recorder +on$/m);
  assert.match(text.stdout, /^made .*1 slow/m);

  const gone = await profilingState(agent, 'off');
  assert.deepEqual([gone.on, gone.hooks, gone.profiles.count >= 1], [false, [], true]);
  await ask('/wait');
  await agent.rows('endpoint:/wait', 1);
  assert.deepEqual((await profiles(agent)).filter((one) => one.endpoint === '/wait'), []);
  assert.equal((await agent.get<Profile>(`/api/requests/${row.id}/profile`)).requestId, row.id);
});

test('profiling ask: the next requests like this have a profile, however fast, and no more than asked for', async () => {
  await using agent = await Agent.start(['--cgroup', place.cgroup.path, '--store', 'off', '--profile']);
  await ask('/quick');
  const [{ service: name, operation }] = await agent.rows('role:server endpoint:/quick', 1);
  const other = await profilingState(agent, 'ask', '--service', name, '--endpoint', '/quick', '--operation', 'DELETE');
  assert.deepEqual(other.asks, [{ service: name, endpoint: '/quick', operation: 'DELETE', count: 1, remaining: 1 }]);
  const asked = await profilingState(agent, 'ask', '--service', name, '--endpoint', '/quick', '--operation', operation, '-n', '2');
  assert.equal(asked.asks.length, 2);
  for (let i = 0; i < 5; i++) await ask('/quick');
  const rows = await profiled(agent, '/quick', 2);
  const state = await agent.until(() => profilingState(agent), ({ asks }) => asks.length === 1, 'only the one that never came is waited for');
  assert.deepEqual([rows.filter(({ reason }) => reason === 'asked').length, state.counts.byReason.asked, state.asks[0].operation], [2, 2, 'DELETE']);
  const wrong = await kindling('profiling', 'ask', '--service', name, '--url', agent.url);
  assert.deepEqual([wrong.code, /KND-016.*--endpoint/.test(wrong.stderr)], [2, true], wrong.stderr);
});

test('export: a real profile in every format; top and /api/causes say what it is about', async () => {
  await using agent = await Agent.start(['--cgroup', place.cgroup.path, '--store', 'off', '--profile']);
  await Promise.all([ask('/busy'), ask('/wait')]);
  const [row] = await profiled(agent, '/busy', 1);
  await profiled(agent, '/wait', 1);
  const file = async (format: string): Promise<Buffer> => {
    const path = join(place.directory, `profile.${format}`);
    const { code, stderr } = await kindling('export', row.id, '--format', format, '-o', path, '--url', agent.url);
    assert.equal(code, 0, stderr);
    return readFileSync(path);
  };
  const profile = await agent.get<Profile>(`/api/requests/${row.id}/profile`);
  const executed = profile.threads.find((thread) => thread.executed)!;

  const trace = JSON.parse((await file('perfetto')).toString('utf8')) as { otherData: { verdict: string }; traceEvents: Array<{ ph: string; tid: number; dur?: number; name: string }> };
  const slices = trace.traceEvents.filter(({ ph, tid }) => ph === 'X' && tid === executed.tid);
  assert.equal(slices.length, executed.slices.length);
  assert.ok(slices.some(({ name, dur }) => name === 'running' && dur! > 0));
  assert.equal(trace.otherData.verdict, profile.verdict);

  const scope = JSON.parse((await file('speedscope')).toString('utf8')) as { profiles: Array<{ name: string; endValue: number }> };
  assert.equal(scope.profiles[0].name, 'critical path');
  assert.ok(scope.profiles.some(({ name }) => name.includes(`(${executed.tid}), executed the request`)));
  assert.ok(gunzipSync(await file('pprof')).includes(Buffer.from(`(${executed.tid})`)));
  const page = (await file('html')).toString('utf8');
  const data = /<script[^>]*id="profile"[^>]*>([\s\S]*?)<\/script>/.exec(page)![1];
  assert.deepEqual((JSON.parse(data) as Profile).ledger, profile.ledger);
  assert.doesNotMatch(page, /<(script|link)[^>]*(src|href)="(?!data:)/, 'it needs no other file');

  const json = JSON.parse((await kindling('top', '--json', '--url', agent.url)).stdout) as { causes: Causes };
  const endpoint = json.causes.endpoints.find((one) => one.endpoint === '/busy')!;
  assert.deepEqual([endpoint.worst.id, endpoint.worst.verdict], [row.id, row.verdict]);
  const sum = json.causes.kinds.reduce((total, { ns }) => total + ns, 0);
  assert.ok(Math.abs(sum - json.causes.totalNs) < 0.001 * json.causes.totalNs, `${sum} of ${json.causes.totalNs} ns have a kind`);
  const top = await kindling('top', '--once', '--url', agent.url);
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
    await ask('/busy');
    await ask('/wait');
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
  const inner = `PORT=$KINDLING_TEST_PORT node ${script} & S=$!; until curl -sS -o /dev/null --noproxy '*' http://127.0.0.1:$KINDLING_TEST_PORT/quick 2>/dev/null; do sleep 0.05; done; curl -sS -o /dev/null --noproxy '*' http://127.0.0.1:$KINDLING_TEST_PORT/busy; kill $S; wait $S; true`;
  const env = { KINDLING_TEST_PORT: String(await freePort()) };
  await using text = Kindling.start(['run', '--profile', '--store', 'off', '--listen', '127.0.0.1:0', '--', 'sh', '-c', inner], { env });
  const { stderr } = await text.ended;
  assert.match(stderr, /TOOK SLOWEST REQUESTS, and why\n +\d+ms .*GET \/busy took/);
  await using json = Kindling.start(['run', '--json', '--profile', '--store', 'off', '--listen', '127.0.0.1:0', '--', 'sh', '-c', inner], { env });
  const { stdout, stderr: messages } = await json.ended;
  const { slowest } = JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as { slowest: Array<{ endpoint: string; durationNs: number; verdict: string; cause: { kind: string } }> };
  const busy = slowest.find(({ endpoint }) => endpoint === '/busy');
  assert.ok(busy && busy.durationNs >= 650e6 && busy.verdict.length > 20, messages);
});
