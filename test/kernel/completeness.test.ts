/** Not one request missing: the servers' own clients count, and Kindling must come to the same number. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { h2load, mysqlslap, pgbench, pgbenchInit, redisBenchmark, startMariadb, startNginx, startPostgres, startRedis, Workspace, type Server } from '../servers/index.js';
import { hookModes, Observation, SLOW, tally } from './observe.js';

/** Emulated machines get less of the same. A multiple of 16: redis-benchmark sends whole pipelines. */
const scale = (requests: number) => Math.max(48, Math.floor(requests / SLOW / 16) * 16);
/** The three ways to send a statement; one is enough where each minute counts. */
const PGBENCH_MODES = SLOW > 1 ? ['prepared'] as const : ['simple', 'extended', 'prepared'] as const;

let workspace: Workspace;
let nginx: Server;
let redis: Server;
let postgres: Server;
let mariadb: Server;
before(async () => {
  workspace = await Workspace.create('complete');
  // All at once: an emulated machine takes ten seconds for each database, and has two CPUs.
  [nginx, redis, postgres, mariadb] = await Promise.all([startNginx(workspace), startRedis(workspace), startPostgres(workspace), startMariadb(workspace)]);
  await pgbenchInit(postgres.port);
});
after(async () => { await workspace.close(); });

for (const hooks of hookModes()) {
  describe(`with the ${hooks} hooks`, () => {
    const observe = () => new Observation({ scope: { kind: 'cgroup', paths: [workspace.cgroup.path] }, hooks });

    test('nginx answers what h2load counts, each request once', async () => {
      using seen = observe();
      const requests = scale(20_000);
      const load = await h2load({ url: `http://127.0.0.1:${nginx.port}/hello`, requests, connections: 20 });
      assert.equal(load.requests, requests);
      const records = await seen.until(requests, (record) => record.protocol === 'http');
      assert.deepEqual(seen.kernel.losses(), []);
      assert.deepEqual(tally(records), [`server http GET /hello 200 x${requests}`]);
    });

    test('files that nginx sends with sendfile are complete in size', async () => {
      using seen = observe();
      await h2load({ url: `http://127.0.0.1:${nginx.port}/big`, requests: 40, connections: 4 });
      const records = await seen.until(40, (record) => record.protocol === 'http');
      assert.deepEqual(tally(records), ['server http GET /big 200 x40']);
      for (const record of records) assert.ok(record.responseBytes > 1 << 20 && record.responseBytes < (1 << 20) + 1000, `${record.responseBytes} bytes`);
    });

    for (const pipeline of [1, 16]) {
      test(`redis-server answers redis-benchmark -P ${pipeline}`, async () => {
        using seen = observe();
        // redis-benchmark rounds up to whole pipelines.
        const requests = Math.ceil(scale(40_000) / pipeline) * pipeline;
        await redisBenchmark({ port: redis.port, requests, connections: 10, pipeline, test: 'set' });
        const records = await seen.until(requests, (record) => record.operation === 'SET');
        assert.deepEqual(seen.kernel.losses(), []);
        assert.deepEqual(tally(records), [`server redis SET SET 0 x${requests}`]);
      });
    }

    for (const mode of PGBENCH_MODES) {
      test(`PostgreSQL executes what pgbench -M ${mode} counts`, async () => {
        using seen = observe();
        const load = await pgbench({ port: postgres.port, mode, transactions: scale(2_000), clients: 4 });
        const records = await seen.until(load.requests, (record) => /pgbench_accounts/.test(record.endpoint) && record.resource.includes('abalance'));
        assert.deepEqual(seen.kernel.losses(), []);
        assert.deepEqual(tally(records), [`server postgres select select pgbench_accounts * 0 x${load.requests}`]);
      });
    }

    test('MariaDB executes what mysqlslap counts', async () => {
      using seen = observe();
      const load = await mysqlslap({ port: mariadb.port, query: 'SELECT 42', queries: scale(2_000), clients: 4 });
      const records = await seen.until(load.requests, (record) => record.resource === 'SELECT 42');
      assert.deepEqual(seen.kernel.losses(), []);
      assert.deepEqual(tally(records), [`server mysql select select * 0 x${load.requests}`]);
    });
  });
}
