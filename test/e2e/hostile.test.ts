/** What the wire, the machine and the people do to it: the agent stays healthy, says what it lacks, and goes on. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { after, before, test, type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Workspace, curl, launch, run, startNginx, startNodeService, startRedis, redisBenchmark, type Server } from '../servers/index.js';
import type { Overview } from '../../src/server/api.js';
import { Agent, MAIN, SLOW, memoryOf } from './kindling.js';

const MB = 1e6;

let place: Workspace;
let nginx: Server;
before(async () => {
  place = await Workspace.create('e2ehostile');
  nginx = await startNginx(place);
});
after(() => place.close());

/** Answers everything but /silent. */
async function startService(): Promise<Server> {
  const script = join(place.directory, 'service.mjs');
  writeFileSync(script, `import { createServer } from 'node:http';
createServer((request, response) => { if (request.url !== '/silent') response.end('ok'); }).listen(Number(process.env.PORT), '127.0.0.1', 4096);`);
  return startNodeService(place, { script, name: 'service' });
}

const url = (path: string): string => `http://127.0.0.1:${nginx.port}${path}`;

async function open(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined).resume();
  await once(socket, 'connect');
  return socket;
}

async function say(port: number, bytes: Buffer | string, end: 'close' | 'reset' = 'close'): Promise<void> {
  const socket = await open(port);
  socket.write(bytes);
  await Promise.race([once(socket, 'close'), delay(300)]);
  if (end === 'reset') socket.resetAndDestroy();
  else socket.destroy();
}

async function stillWell(agent: Agent, name: string): Promise<void> {
  // Asked again until it is listed: without a store a list shows only some of the normal requests right after a flood.
  const filter = `resource:/hello?well=${name}`;
  const { rows: [row] } = await agent.until(async () => {
    await curl([url(`/hello?well=${name}`)]);
    await delay(300);
    return agent.list(filter);
  }, ({ rows }) => rows.length > 0, filter, 20_000);
  assert.deepEqual([row.status, row.complete, row.operation], ['200', true, 'GET']);
}

function sayMemory(t: TestContext, agent: Agent): number {
  const { rssBytes, peakBytes } = memoryOf(agent.process.pid);
  t.diagnostic(`agent's memory: ${Math.round(rssBytes / MB)} MB, at its highest ${Math.round(peakBytes / MB)} MB`);
  return peakBytes;
}

test('garbage on the wire: what is no protocol stays unclassified, half a request is incomplete, nothing else suffers', async (t) => {
  const redis = await startRedis(place);
  await using service = await startService();
  await using agent = await Agent.start(['--cgroup', place.cgroup.path, '--store', 'off']);
  const tlsHello = Buffer.from(`16030100c8010000c40303${randomBytes(32).toString('hex')}20${randomBytes(32).toString('hex')}0004c02bc02f0100007700000012001000000d6b696e646c696e672e74657374`, 'hex');
  for (let i = 0; i < 20; i++) await Promise.all([say(nginx.port, randomBytes(1 + i * 400)), say(redis.port, randomBytes(1 + i * 400))]);
  await say(nginx.port, tlsHello);
  await say(redis.port, tlsHello);
  await say(redis.port, '*1000000000\r\n$999999999999\r\n');
  await say(nginx.port, `GET /${'x'.repeat(100_000)} HTTP/1.1\r\n`);
  await say(service.port, 'POST /silent HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\nonly this', 'reset');
  await say(service.port, 'GET /half-a-head HTTP/1.1\r\nHost:');
  const [half] = await agent.rows('resource:/silent', 1);
  assert.deepEqual([half.error, half.complete], ['no_response', false], JSON.stringify(half));
  await stillWell(agent, 'garbage');
  const health = await agent.health();
  assert.deepEqual([health.state, health.losses], ['capturing', []]);
  assert.ok(sayMemory(t, agent) < 400 * MB);
  await redis.stop();
});

test('a process killed in the middle of a request: the request is there, without a response', async () => {
  const service = await startService();
  await using agent = await Agent.start(['--cgroup', place.cgroup.path, '--store', 'off']);
  const client = launch(['curl', '-sS', '--noproxy', '*', `http://127.0.0.1:${service.port}/silent`], { cgroup: place.cgroup });
  await delay(500 * SLOW);
  process.kill(service.pid, 'SIGKILL');
  await once(client, 'exit');
  const rows = await agent.rows('resource:/silent', 2);
  assert.deepEqual(rows.map((row) => `${row.role} ${row.error}`).sort(), ['client no_response', 'server no_response']);
  await stillWell(agent, 'killed');
});

test('5,000 connections at once: each request counted, memory bounded', { timeout: 90_000 * SLOW }, async (t) => {
  await using service = await startService();
  await using agent = await Agent.start(['--cgroup', place.cgroup.path, '--store', 'off']);
  const sockets: Socket[] = [];
  for (let wave = 0; wave < 50; wave++) sockets.push(...await Promise.all(Array.from({ length: 100 }, () => open(service.port))));
  const answers = Promise.all(sockets.map((socket) => once(socket, 'data')));
  for (const socket of sockets) socket.write('GET /flood HTTP/1.1\r\nHost: a\r\n\r\n');
  await answers;
  await agent.until(() => agent.health(), ({ requests, connections }) => requests.total >= 5_000 && connections.open >= 5_000, 'all are seen');
  const { services } = await agent.until(() => agent.get<Overview>('/api/overview'), (overview) => overview.services.some((row) => row.count >= 5_000), 'all are counted');
  assert.deepEqual(services.map(({ count, errors }) => [count, errors]), [[5_000, 0]]);
  for (const socket of sockets) socket.destroy();
  await stillWell(agent, 'flood');
  const { connections, losses } = await agent.until(() => agent.health(), (health) => health.connections.open < 100, 'closed ones are forgotten', 15_000);
  t.diagnostic(`${connections.total} connections, ${connections.open} still open`);
  assert.deepEqual(losses, []);
  assert.ok(sayMemory(t, agent) < 400 * MB);
});

test('far more than it can carry: what is lost is counted, said on the page and beside the lists; what comes later is right', { timeout: 120_000 * SLOW }, async (t) => {
  const redis = await startRedis(place);
  await using agent = await Agent.start(['--cgroup', place.cgroup.path, '--store', 'off', '--ring-size', '256KiB']);
  const load = redisBenchmark({ port: redis.port, requests: 600_000, pipeline: 4, connections: 50 });
  // Ten times too much, on any machine: it gets no CPU at all for a while.
  await delay(300);
  agent.process.kill('SIGSTOP');
  await delay(1_500 * SLOW);
  agent.process.kill('SIGCONT');
  await load;
  const health = await agent.until(() => agent.health(), ({ losses }) => losses.length > 0, 'losses are counted', 20_000);
  t.diagnostic(`${health.requests.total} requests; lost: ${health.losses.map((loss) => `${loss.count} ${loss.reason}`).join(', ')}`);
  for (const loss of health.losses) assert.ok(loss.help.length > 10, loss.reason);
  const list = await agent.until(() => agent.list('protocol:redis', 10), ({ notes }) => notes.some((note) => /lost/.test(note)), 'the list says so');
  assert.match(list.notes.join(), /lost/);
  await stillWell(agent, 'overload');
  assert.ok(sayMemory(t, agent) < 450 * MB);
  await redis.stop();
});

test('no privileges: a clear error and what to do', async () => {
  const result = await run(['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', process.execPath, MAIN, 'agent', '--cgroup', place.cgroup.path, '--store', 'off', '--listen', '127.0.0.1:0'],
    { accept: [3], env: { KINDLING_REQUIRE_SCOPE: '1', HOME: '/' } });
  assert.match(result.stderr, /KND-030: .*missing CAP_/);
  assert.match(result.stderr, /Run as root, or grant/);
});
