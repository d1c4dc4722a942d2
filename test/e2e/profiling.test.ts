/** The flight recorder from outside: on and off at run time, and asked for profiles. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Profile, ProfilingState } from '../../src/server/api.js';
import { Workspace } from '../servers/index.js';
import { Agent } from './kindling.js';
import { kindling, profiled, profiles, startSlowService, type SlowService } from './slow-service.js';

let place: Workspace;
let service: SlowService;

before(async () => {
  place = await Workspace.create('e2eprofiling');
  service = await startSlowService(place);
});
after(() => place.close());

async function profilingState(agent: Agent, ...args: string[]): Promise<ProfilingState> {
  const { code, stdout, stderr } = await kindling('profiling', ...args, '--json', '--url', agent.url);
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout) as ProfilingState;
}

test('profiling: off nothing is profiled and nothing attached; on slow requests are; off again it is gone and what was kept stays', async () => {
  await using agent = await Agent.start(['--pid', String(service.server.pid), '--store', 'off']);
  const off = await profilingState(agent);
  assert.deepEqual([off.on, off.hooks, off.profiles.count], [false, [], 0]);
  await service.ask('/busy');
  await agent.rows('endpoint:/busy', 1);
  const early = await fetch(new URL('/api/profiles', agent.url));
  assert.deepEqual([early.status, (await early.json() as { code: string }).code], [404, 'profiling_off']);
  const refused = await kindling('profiling', 'ask', '--service', 'x', '--endpoint', '/quick', '--url', agent.url);
  assert.deepEqual([refused.code, /KND-071/.test(refused.stderr)], [1, true], refused.stderr);

  const on = await profilingState(agent, 'on');
  assert.ok(on.on && on.memoryBytes > 1e6 && on.hooks.some(({ name, state }) => name === 'thread_switched' && state === 'attached'), JSON.stringify(on));
  await service.ask('/busy');
  const [row] = await profiled(agent, '/busy', 1);
  assert.deepEqual([row.reason, row.durationNs >= 650e6, row.verdict.length > 20], ['slow', true, true]);
  const text = await kindling('profiling', '--url', agent.url);
  assert.match(text.stdout, /^recorder +on$/m);
  assert.match(text.stdout, /^made .*1 slow/m);

  const gone = await profilingState(agent, 'off');
  assert.deepEqual([gone.on, gone.hooks, gone.profiles.count >= 1], [false, [], true]);
  await service.ask('/wait');
  await agent.rows('endpoint:/wait', 1);
  assert.deepEqual((await profiles(agent)).filter((one) => one.endpoint === '/wait'), []);
  assert.equal((await agent.get<Profile>(`/api/requests/${row.id}/profile`)).requestId, row.id);
});

test('profiling ask: the next requests like this have a profile, however fast, and no more than asked for', async () => {
  await using agent = await Agent.start(['--cgroup', place.cgroup.path, '--store', 'off', '--profile']);
  await service.ask('/quick');
  const [{ service: name, operation }] = await agent.rows('role:server endpoint:/quick', 1);
  const other = await profilingState(agent, 'ask', '--service', name, '--endpoint', '/quick', '--operation', 'DELETE');
  assert.deepEqual(other.asks, [{ service: name, endpoint: '/quick', operation: 'DELETE', count: 1, remaining: 1 }]);
  const asked = await profilingState(agent, 'ask', '--service', name, '--endpoint', '/quick', '--operation', operation, '-n', '2');
  assert.equal(asked.asks.length, 2);
  for (let i = 0; i < 5; i++) await service.ask('/quick');
  const state = await agent.until(() => profilingState(agent), ({ asks, counts }) => asks.length === 1 && (counts.byReason.asked ?? 0) >= 2, 'only the one that never came is waited for');
  const rows = await profiled(agent, '/quick', 2);
  assert.deepEqual([rows.filter(({ reason }) => reason === 'asked').length, state.counts.byReason.asked, state.asks[0].operation], [2, 2, 'DELETE']);
  const wrong = await kindling('profiling', 'ask', '--service', name, '--url', agent.url);
  assert.deepEqual([wrong.code, /KND-016.*--endpoint/.test(wrong.stderr)], [2, true], wrong.stderr);
});

test('a crowd of slow requests of as many endpoints: as many profiles as can be made, and names in each of them', async () => {
  await using agent = await Agent.start(['--cgroup', place.cgroup.path, '--store', 'off', '--profile']);
  const letters = [...'abcdefg'];
  const endpoints = letters.flatMap((one) => letters.map((other) => `/wait/${one}${other}`));
  await Promise.all(endpoints.map((endpoint) => service.ask(endpoint)));
  const rows = await agent.until(() => profiles(agent), (all) => all.length >= 20 && all.every(({ pending }) => !pending), 'profiles with all their names', 60_000);
  for (const { id, endpoint } of rows) {
    const { missing } = await agent.get<Profile>(`/api/requests/${id}/profile`);
    assert.deepEqual(missing.filter((one) => /names|stacks/i.test(one)), [], endpoint);
  }
});
