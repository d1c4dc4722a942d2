/** Not one request missing: the servers' own clients count, and Kindling must come to the same number. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { h2load, mysqlslap, pgbench, pgbenchInit, redisBenchmark, startMariadb, startNginx, startPostgres, startRedis, Workspace } from '../servers/index.js';
import { hookModes, Observation, SLOW, tally } from './observe.js';

/** Emulated machines get less of the same. */
const scale = (requests: number) => Math.max(50, Math.floor(requests / SLOW));

for (const hooks of hookModes()) {
  describe(`with the ${hooks} hooks`, () => {
    let workspace: Workspace;
    before(async () => { workspace = await Workspace.create('complete'); });
    after(async () => { await workspace.close(); });
    const observe = () => new Observation({ scope: { kind: 'cgroup', paths: [workspace.cgroup.path] }, hooks });

    test('nginx answers what h2load counts, each request once', async () => {
      const nginx = await startNginx(workspace);
      using seen = observe();
      const requests = scale(20_000);
      const load = await h2load({ url: `http://127.0.0.1:${nginx.port}/hello`, requests, connections: 20 });
      assert.equal(load.requests, requests);
      const records = await seen.until(requests, (record) => record.protocol === 'http');
      assert.deepEqual(seen.kernel.losses(), []);
      assert.deepEqual(tally(records), [`server http GET /hello 200 x${requests}`]);
    });

    test('files that nginx sends with sendfile are complete in size', async () => {
      const nginx = await startNginx(workspace);
      using seen = observe();
      await h2load({ url: `http://127.0.0.1:${nginx.port}/big`, requests: 40, connections: 4 });
      const records = await seen.until(40, (record) => record.protocol === 'http');
      assert.deepEqual(tally(records), ['server http GET /big 200 x40']);
      for (const record of records) assert.ok(record.responseBytes > 1 << 20 && record.responseBytes < (1 << 20) + 1000, `${record.responseBytes} bytes`);
    });

    for (const pipeline of [1, 16]) {
      test(`redis-server answers redis-benchmark -P ${pipeline}`, async () => {
        const redis = await startRedis(workspace);
        using seen = observe();
        const requests = scale(40_000);
        await redisBenchmark({ port: redis.port, requests, connections: 10, pipeline, test: 'set' });
        const records = await seen.until(requests, (record) => record.operation === 'SET');
        assert.deepEqual(seen.kernel.losses(), []);
        assert.deepEqual(tally(records), [`server redis SET SET 0 x${requests}`]);
      });
    }

    for (const mode of ['simple', 'extended', 'prepared'] as const) {
      test(`PostgreSQL executes what pgbench -M ${mode} counts`, async () => {
        const postgres = await startPostgres(workspace);
        await pgbenchInit(postgres.port);
        using seen = observe();
        const transactions = scale(2_000);
        const load = await pgbench({ port: postgres.port, mode, transactions, clients: 4 });
        const records = await seen.until(load.requests, (record) => /pgbench_accounts/.test(record.endpoint) && record.resource.includes('abalance'));
        assert.deepEqual(seen.kernel.losses(), []);
        assert.deepEqual(tally(records), [`server postgres select select pgbench_accounts * 0 x${load.requests}`]);
      });
    }

    test('MariaDB executes what mysqlslap counts', async () => {
      const mariadb = await startMariadb(workspace);
      using seen = observe();
      const load = await mysqlslap({ port: mariadb.port, query: 'SELECT 42', queries: scale(2_000), clients: 4 });
      const records = await seen.until(load.requests, (record) => record.resource === 'SELECT 42');
      assert.deepEqual(seen.kernel.losses(), []);
      assert.deepEqual(tally(records), [`server mysql select select * 0 x${load.requests}`]);
    });
  });
}
