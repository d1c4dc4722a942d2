/** Address families, both ends of a connection, and connections that are older than the agent. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort, launch, pgbench, pgbenchInit, run, startNginx, startPostgres, startRedis, Workspace, type PostgresServer } from '../servers/index.js';
import { hookModes, Observation, SLOW, tally } from './observe.js';
import { builtProgram, kill, listen } from './programs.js';

const request = (path: string) => `send=GET ${path} HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n`;
const RESPONSE = 'send=HTTP/1.1 204 No Content\\r\\n\\r\\n';

let workspace: Workspace;
let peer: string;
let postgres: PostgresServer;
before(async () => {
  workspace = await Workspace.create('ends');
  peer = builtProgram(workspace, 'peer');
  postgres = await startPostgres(workspace);
  await pgbenchInit(postgres.port);
});
after(async () => { await workspace.close(); });

for (const hooks of hookModes()) {
  describe(`ends with the ${hooks} hooks`, () => {
    const observe = () => new Observation({ scope: { kind: 'cgroup', paths: [workspace.cgroup.path] }, hooks });
    let shared: Observation | undefined;
    after(() => { shared?.[Symbol.dispose](); });
    /** One for all addresses, whose connections are new: loading the programs takes long on emulated machines. */
    const observeNew = () => {
      shared ??= observe();
      shared.records.length = 0;
      return shared;
    };

    const addresses: Array<[family: string, listens: string, connects: string, shown: string]> = [
      ['IPv4', '127.0.0.1', '127.0.0.1', '127.0.0.1'],
      ['IPv6', '::1', '::1', '[::1]'],
      ['IPv4 on a socket that listens to both', '::', '127.0.0.1', '127.0.0.1'],
      ['IPv4-mapped IPv6', '127.0.0.1', '::ffff:127.0.0.1', '127.0.0.1'],
    ];
    for (const [family, listens, connects, shown] of addresses) {
      test(`${family}: both ends tell the same addresses`, async () => {
        const port = await freePort();
        const listener = await listen(peer, listens, port, ['recv', RESPONSE, 'end'], workspace);
        const seen = observeNew();
        await run([peer, 'connect', connects, String(port), request('/x'), 'recv'], { cgroup: workspace.cgroup });
        const records = await seen.until(2, () => true);
        await kill(listener);
        assert.deepEqual(tally(records), ['client http GET /x 204 x1', 'server http GET /x 204 x1']);
        for (const record of records) assert.equal(record.server, `${shown}:${port}`);
        assert.equal(records[0].client, records[1].client);
        assert.ok(records[0].client.startsWith(`${shown}:`));
      });
    }

    test('a unix socket: both ends, named by its path', async () => {
      const redis = await startRedis(workspace);
      const seen = observeNew();
      await run(['redis-cli', '-s', redis.socketPath, '-r', '5', 'incr', 'a'], { cgroup: workspace.cgroup });
      const records = await seen.until(10, (record) => record.operation === 'INCR');
      // Of unix sockets the kernel does not tell whether something went before: the first may be marked as joined.
      assert.deepEqual(tally(records.map((record) => ({ ...record, complete: true }))), ['client redis INCR INCR 0 x5', 'server redis INCR INCR 0 x5']);
      assert.ok(records.filter((record) => record.complete).length >= 2);
      for (const record of records) assert.equal(record.server, `unix:${redis.socketPath}`);
      await redis.stop();
    });

    test('a kept HTTP connection that is older than the agent: the first request after joining is right', async () => {
      const nginx = await startNginx(workspace);
      // The first two requests before, the third in two parts around the start of the observation.
      const steps = [request('/hello'), 'recv', request('/hello'), 'recv', 'signal', request('/after'), 'recv', request('/hello'), 'recv', 'wait=100'];
      const client = launch([peer, 'connect', '127.0.0.1', String(nginx.port), ...steps], { cgroup: workspace.cgroup, stdio: 'ignore' });
      await delay(200 * SLOW);
      using seen = observe();
      client.kill('SIGUSR1');
      const records = await seen.until(4, () => true);
      await kill(client);
      for (const role of ['client', 'server']) {
        const requests = records.filter((record) => record.role === role).map((record) => `${record.resource} ${record.status} ${record.server}`);
        assert.deepEqual(requests, [`/after 404 127.0.0.1:${nginx.port}`, `/hello 200 127.0.0.1:${nginx.port}`]);
      }
      await nginx.stop();
    });

    test('an old connection in the middle of a long response is followed from the next request on', async () => {
      const nginx = await startNginx(workspace);
      const inParts = Array.from({ length: 96 }, () => ['wait=1', 'recv=9000']).flat();
      const steps = [request('/big'), 'recv=180000', 'signal', ...inParts, 'recv', request('/after'), 'recv', request('/hello'), 'recv', 'wait=100'];
      const client = launch([peer, 'connect', '127.0.0.1', String(nginx.port), ...steps], { cgroup: workspace.cgroup, stdio: 'ignore' });
      await delay(200 * SLOW);
      using seen = observe();
      client.kill('SIGUSR1');
      const records = await seen.until(2, (record) => record.resource === '/hello', 8000);
      await kill(client);
      assert.deepEqual(tally(records), ['client http GET /hello 200 x1', 'server http GET /hello 200 x1'], tally(seen.records).join('\n'));
      await nginx.stop();
    });

    // Loading the programs takes an emulated machine longer than a load lasts that one would wait for: the connections would
    // be gone. The two tests above join old connections there too.
    const testUnderLoad = SLOW > 1 ? test.skip : test;
    testUnderLoad('old connections of redis-benchmark', async () => {
      const redis = await startRedis(workspace);
      // It goes on until its old connections were seen, however long the programs take to load.
      const load = launch(['redis-benchmark', '-p', String(redis.port), '-t', 'set', '-c', '4', '-P', '4', '-n', '1000000000'], { stdio: 'ignore' });
      await delay(300);
      using seen = observe();
      await seen.until(1_000, (record) => record.complete, 20_000);
      await kill(load);
      const kinds = new Set(seen.records.filter((record) => record.complete && record.operation !== 'CONFIG').map((record) => `${record.role} ${record.operation} ${record.status} ${record.server}`));
      assert.deepEqual([...kinds], [`server SET 0 127.0.0.1:${redis.port}`]);
      await redis.stop();
    });

    testUnderLoad('old connections of pgbench -M prepared: statements are right or marked', async () => {
      const load = pgbench({ port: postgres.port, mode: 'prepared', seconds: 4, clients: 2 });
      await delay(500);
      using seen = observe();
      await load;
      await seen.settle();
      const complete = seen.records.filter((record) => record.complete && record.role === 'server');
      assert.ok(complete.length > 20, tally(seen.records).join('\n'));
      for (const record of complete) assert.equal(record.status, '0', JSON.stringify(record));
    });

    test('connections made inside the measured time: pgbench -M prepared with 8 clients that connect anew', async () => {
      using seen = observe();
      const transactions = Math.max(20, Math.floor(200 / SLOW));
      const load = await pgbench({ port: postgres.port, mode: 'prepared', transactions, clients: 8 });
      const records = await seen.until(load.requests, (record) => record.resource.includes('abalance'));
      assert.deepEqual(tally(records), [`server postgres select select pgbench_accounts * 0 x${8 * transactions}`]);
      assert.deepEqual(seen.kernel.losses(), []);
    });
  });
}
