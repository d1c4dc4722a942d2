/** What is in scope is seen in full; of what is not, no request, no event, no byte. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Data, Header, Open, Process, Type } from '../../src/events/layout.generated.js';
import { KernelCapture, type CaptureTarget } from '../../src/kernel/capture.js';
import { freePort, redisCli, run, startRedis, Workspace, type RedisServer } from '../servers/index.js';
import { hookModes, Observation, tally } from './observe.js';
import { builtProgram, kill, listen } from './programs.js';

const PING = 'send=GET /in HTTP/1.1\\r\\n\\r\\n';
const PONG = 'send=HTTP/1.1 204 No Content\\r\\n\\r\\n';

for (const hooks of hookModes()) {
  describe(`scope with the ${hooks} hooks`, () => {
    let inside: Workspace;
    let outside: Workspace;
    let peer: string;
    let neighbour: RedisServer;
    before(async () => {
      inside = await Workspace.create('inside');
      outside = await Workspace.create('outside');
      peer = builtProgram(inside, 'peer');
      neighbour = await startRedis(outside);
    });
    after(async () => { await inside.close(); await outside.close(); });
    const observe = (scope: CaptureTarget['scope'], more: object = {}) => new Observation({ scope, hooks, ...more });
    const cgroup = (...workspaces: Workspace[]): CaptureTarget['scope'] => ({ kind: 'cgroup', paths: workspaces.map((place) => place.cgroup.path) });

    /** One request between two processes of their own; their pids are told. */
    const talk = async (server: Workspace['cgroup'] | null, client: Workspace['cgroup'] | null): Promise<void> => {
      const port = await freePort();
      const listener = await listen(peer, '127.0.0.1', port, ['recv', PONG, 'end'], { cgroup: server });
      await run([peer, 'connect', '127.0.0.1', String(port), PING, 'recv'], { cgroup: client });
      await kill(listener);
    };

    test('a cgroup: child groups are in it, and no event of another process is ever written', async () => {
      const child = inside.cgroup.child('child');
      const pids = new Set<number>();
      const kernel = new KernelCapture({ scope: cgroup(inside), hooks, excludePids: [], ringBytes: 4 << 20 });
      try {
        const noise = redisCli(neighbour.port, ['-r', '200', 'incr', 'x'], { cgroup: outside.cgroup });
        await talk(child, null);
        await talk(null, inside.cgroup);
        await noise;
        const types = { data: 0, other: 0 };
        kernel.drain(Infinity, 1e6, (_bytes, view, offset) => {
          const type = view.getUint16(offset + Header.type, true);
          types[type === Type.DATA ? 'data' : 'other']++;

          const pidAt: Record<number, number> = { [Type.DATA]: Data.pid, [Type.OPEN]: Open.pid, [Type.EXEC]: Process.pid, [Type.EXIT]: Process.pid };
          if (pidAt[type] !== undefined) pids.add(view.getUint32(offset + pidAt[type], true));
        });
        assert.equal(types.data, 5, 'request and response as each of the two saw them, and "ready" through a pipe that is a unix socket');
        assert.ok(types.other >= 4);
        assert.ok(!pids.has(neighbour.pid) && pids.size === 2, [...pids].join());
      } finally {
        kernel.close();
      }
    });

    test('while others are busy, their requests are not seen', async () => {
      using seen = observe(cgroup(inside));
      const noise = redisCli(neighbour.port, ['-r', '300', 'incr', 'x'], { cgroup: outside.cgroup });
      await talk(inside.cgroup, outside.cgroup);
      await noise;
      await seen.settle();
      assert.deepEqual(tally(seen.records), ['server http GET /in 204 x1']);
      assert.ok(seen.pipeline.stats().connectionsTotal <= 2, 'the connection, and the unix socket that is its standard output');
    });

    test('several cgroups at once', async () => {
      using seen = observe(cgroup(inside, outside));
      await talk(inside.cgroup, outside.cgroup);
      await seen.settle();
      assert.deepEqual(tally(seen.records), ['client http GET /in 204 x1', 'server http GET /in 204 x1']);
    });

    test('a process tree: forks before and after, and nothing else', async () => {
      const port = await freePort();
      const listener = await listen(peer, '127.0.0.1', port, ['fork', 'recv', PONG, 'end', 'done'], {});
      using seen = observe({ kind: 'tree', pids: [listener.pid!] });
      for (let i = 0; i < 3; i++) await run([peer, 'connect', '127.0.0.1', String(port), PING, 'recv']);
      await talk(null, null);
      await seen.settle();
      await kill(listener);
      assert.deepEqual(tally(seen.records), ['server http GET /in 204 x3']);
      assert.equal(new Set(seen.records.map((record) => record.pid)).size, 3, 'each by a child of its own');
    });

    test('excluded processes are not seen, whatever the scope', async () => {
      const port = await freePort();
      const listener = await listen(peer, '127.0.0.1', port, ['recv', PONG, 'end'], inside);
      using seen = observe(cgroup(inside), { excludePids: [listener.pid!] });
      await run([peer, 'connect', '127.0.0.1', String(port), PING, 'recv'], { cgroup: inside.cgroup });
      await seen.settle();
      await kill(listener);
      assert.deepEqual(tally(seen.records), ['client http GET /in 204 x1']);
    });

    test('two captures at once do not disturb each other', async () => {
      using first = observe(cgroup(inside));
      {
        using second = observe(cgroup(outside));
        await talk(inside.cgroup, outside.cgroup);
        await first.settle();
        await second.settle(1);
        assert.deepEqual([tally(first.records), tally(second.records)], [['server http GET /in 204 x1'], ['client http GET /in 204 x1']]);
      }
      await talk(inside.cgroup, outside.cgroup);
      await first.settle();
      assert.deepEqual(tally(first.records), ['server http GET /in 204 x2']);
    });
  });
}

test('with KINDLING_REQUIRE_SCOPE=1 the agent refuses to watch everything', () => {
  const cli = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));
  const { status, stderr } = spawnSync(process.execPath, [cli, 'watch', '--all'], { env: { ...process.env, KINDLING_REQUIRE_SCOPE: '1' }, encoding: 'utf8', timeout: 60_000 });
  assert.notEqual(status, 0);
  assert.match(stderr, /KINDLING_REQUIRE_SCOPE/);
});
