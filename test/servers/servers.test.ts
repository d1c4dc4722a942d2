import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import * as servers from './index.js';

const { Workspace } = servers;

/** A zombie has ended: its new parent has only not asked yet. */
function isRunning(pid: number): boolean {
  try {
    return !readFileSync(`/proc/${pid}/stat`, 'latin1').includes(') Z ');
  } catch {
    return false;
  }
}

test('five real servers start in one cgroup, answer their own clients, and leave nothing', { timeout: 60_000 }, async () => {
  const shop = await Workspace.create('self');
  const [nginx, redis, postgres, mariadb, dnsmasq] = await Promise.all([
    servers.startNginx(shop),
    servers.startRedis(shop),
    servers.startPostgres(shop),
    servers.startMariadb(shop),
    servers.startDnsmasq(shop, { hosts: { 'web.test': '127.0.0.9' }, aliases: { 'www.test': 'web.test' } }),
  ]);
  const all = [nginx, redis, postgres, mariadb, dnsmasq];
  const inCgroup = shop.cgroup.pids();
  for (const server of all) assert.ok(inCgroup.includes(server.pid), `${server.name} is in the cgroup`);

  assert.equal(await servers.curl([`http://127.0.0.1:${nginx.port}/hello`]), 'hello\n');
  assert.equal(await servers.redisCli(redis.port, ['INCR', 'visits']), '1\n');
  assert.equal(await servers.psql(postgres.port, 'select 6 * 7'), '42\n');
  assert.equal(await servers.mariadbCli(mariadb.port, 'select 6 * 7'), '42\n');
  assert.equal(await servers.dig(dnsmasq.port, ['www.test', '+short']), 'web.test.\n127.0.0.9\n');
  assert.match(await servers.dig(dnsmasq.port, ['gone.test']), /status: NXDOMAIN/);

  for (const server of all) {
    await server.stop();
    assert.ok(server.exited, `${server.name} has ended`);
    assert.ok(!existsSync(server.directory), `the folder of ${server.name} is gone`);
  }
  await shop.close();
  assert.ok(!existsSync(shop.cgroup.path), 'the cgroup is gone');
  assert.ok(!existsSync(shop.directory), 'the folder is gone');
  assert.deepEqual(all.filter((server) => isRunning(server.pid)).map((server) => server.name), []);
});

test('the load generators say how many requests they made', { timeout: 90_000 }, async () => {
  await using place = await Workspace.create('load');
  const [nginx, redis, postgres, mariadb] = await Promise.all([
    servers.startNginx(place), servers.startRedis(place), servers.startPostgres(place), servers.startMariadb(place),
  ]);
  const url = `http://127.0.0.1:${nginx.port}/hello`;
  const exact = await servers.h2load({ url, requests: 500 });
  assert.deepEqual([exact.requests, exact.errors], [500, 0]);
  const timed = await servers.wrk({ url, seconds: 1, connections: 2 });
  assert.ok(timed.requests > 100 && timed.p99Ms !== null, timed.output);
  const pipelined = await servers.redisBenchmark({ port: redis.port, requests: 1600, pipeline: 16 });
  assert.ok(pipelined.requests === 1600 && pipelined.seconds > 0, pipelined.output);
  await servers.pgbenchInit(postgres.port);
  const prepared = await servers.pgbench({ port: postgres.port, transactions: 50, clients: 2, mode: 'prepared' });
  assert.deepEqual([prepared.requests, prepared.errors], [100, 0]);
  const slap = await servers.mysqlslap({ port: mariadb.port, query: 'select 1', queries: 100 });
  assert.equal(slap.requests, 100);
});

test('a server in a network namespace is reached only from there', { timeout: 30_000 }, async () => {
  await using place = await Workspace.create('netns');
  await using namespace = await servers.NetworkNamespace.create('self');
  const inside = { directory: place.directory, cgroup: place.cgroup, netns: namespace.name };
  const redis = await servers.startRedis(inside, { port: 6379 });
  assert.equal(await servers.redisCli(6379, ['PING'], { netns: namespace.name, cgroup: place.cgroup }), 'PONG\n');
  await redis.stop();
});

test('a server that cannot start says why, with its log', async () => {
  await using place = await Workspace.create('fails');
  await assert.rejects(servers.startRedis(place, { settings: ['--no-such-setting', '1'] }), /redis did not start on port \d+: ended with 1\n[^]*no-such-setting/);
});

test('what a killed process started is gone a moment later', { timeout: 30_000 }, async () => {
  const library = new URL('./index.js', import.meta.url).href;
  const program = `const { Workspace, startRedis } = await import('${library}');
    const place = await Workspace.create('killed');
    const redis = await startRedis(place);
    process.stdout.write(JSON.stringify({ cgroup: place.cgroup.path, directory: place.directory, pid: redis.pid }) + '\\n');
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  const line = await new Promise<string>((resolve) => child.stdout.setEncoding('utf8').once('data', resolve));
  const left = JSON.parse(line) as { cgroup: string; directory: string; pid: number };
  assert.ok(isRunning(left.pid));
  child.kill('SIGKILL');
  for (let waited = 0; waited < 5000 && (existsSync(left.directory) || existsSync(left.cgroup)); waited += 50) await delay(50);
  assert.ok(!isRunning(left.pid), 'redis is gone');
  assert.ok(!existsSync(left.cgroup), 'the cgroup is gone');
  assert.ok(!existsSync(left.directory), 'the folder is gone');
});

test('the next run removes what an earlier one could not', async () => {
  const abandoned = servers.Cgroup.create('kindling-old-999999999-1-abcdef');
  const sleeper = servers.launch(['sleep', '60'], { cgroup: abandoned, stdio: 'ignore' });
  while (!readFileSync(`/proc/${sleeper.pid}/cgroup`, 'latin1').includes('kindling-old')) await delay(5);
  const neighbour = join(tmpdir(), 'kindling-notours');
  writeFileSync(neighbour, '');
  await using place = await Workspace.create('next');
  assert.ok(!existsSync(abandoned.path));
  assert.ok(existsSync(neighbour), 'files without an owner in their name stay');
  assert.ok(readdirSync(place.directory).length === 0);
  rmSync(neighbour);
});
