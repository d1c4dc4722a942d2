/**
 * Real servers and their own clients for tests, demo and bench. Each server has a temporary folder, a free loopback
 * port and runs inside a cgroup of ours; closing the workspace ends and removes all of it.
 *
 *   await using shop = await Workspace.create('shop');
 *   const redis = await startRedis(shop);
 *   await redisBenchmark({ port: redis.port, requests: 10_000, pipeline: 16 });
 */
export { Cgroup, findCgroup2 } from './cgroup.js';
export { Workspace } from './workspace.js';
export { NetworkNamespace } from './netns.js';
export { launch, type LaunchOptions, type Place } from './launch.js';
export { run, type RunOptions, type RunResult } from './run.js';
export { freePort } from './port.js';
export { serverUser } from './user.js';
export { waitUntilAnswers, type ProbeKind } from './probe.js';
export { startServer, type Server, type ServerPlace } from './server.js';
export { startNginx, type NginxOptions } from './nginx.js';
export { startRedis, type RedisOptions, type RedisServer } from './redis.js';
export { startPostgres, type PostgresOptions, type PostgresServer } from './postgres.js';
export { startMariadb, type MariadbOptions, type MariadbServer } from './mariadb.js';
export { startDnsmasq, type DnsmasqOptions } from './dnsmasq.js';
export { startSlowDns, type SlowDnsOptions } from './slow-dns.js';
export { startNodeService, type NodeServiceOptions } from './node-service.js';
export { curl, dig, h2load, mariadbCli, mysqlslap, pgbench, psql, redisBenchmark, redisCli, wrk, type LoadResult } from './clients.js';
export { pgbenchInit } from './postgres-clients.js';
