import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, test } from 'node:test';
import { setEnvironmentData } from 'node:worker_threads';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { loadConfig } from '../config/index.js';
import { KindlingError } from '../errors/index.js';
import type { RequestSummary } from '../server/api.js';
import { startAgent, type AgentOptions, type RunningAgent } from './agent.js';

const WORKER = new URL('./testing/fake-capture-worker.js', import.meta.url);
let running: RunningAgent | null = null;

afterEach(async () => {
  await running?.stop();
  running = null;
  setEnvironmentData('fake-worker', undefined);
});

async function start(behaviour = 'ok', flags: Record<string, unknown> = {}, more: Partial<AgentOptions> = {}): Promise<RunningAgent> {
  setEnvironmentData('fake-worker', behaviour);
  const config = loadConfig({ flags: { listen: '127.0.0.1:0', store: 'off', ...flags } });
  running = await startAgent({ config, scope: { kind: 'tree', pids: [1] }, log: pino({ level: 'silent' }), workerFile: WORKER, ...more });
  return running;
}

async function failure(promise: Promise<unknown>): Promise<KindlingError> {
  const thrown: unknown = await promise.then(() => assert.fail('nothing was thrown'), (error: unknown) => error);
  assert.ok(thrown instanceof KindlingError, String(thrown));
  return thrown;
}

test('what the worker sends is served: metrics, health, live tail', async () => {
  const agent = await start();
  const live: RequestSummary[] = [];
  agent.live.subscribe('', { requests: (rows) => live.push(...rows), tick: () => undefined });
  await sleep(1_300);
  const metrics = await (await fetch(`${agent.url}metrics`)).text();
  assert.match(metrics, /kindling_entity_request_total\{[^}]*request_content="\/orders\/\*"[^}]*\} 1/);
  assert.match(metrics, /kindling_agent_lost_total\{reason="ring_overwritten",unit="events"\} 3/);
  const health = await (await fetch(`${agent.url}api/agent`)).json() as ReturnType<RunningAgent['health']>;
  assert.equal(health.events.total, 10);
  assert.equal(health.scope, 'process 1 and what it starts');
  assert.deepEqual(health.hooks.map((hook) => hook.name), ['socket']);
  assert.deepEqual(health.history.map(({ lost }) => lost).filter((lost) => lost > 0), [3], 'bytes are no events');
  assert.ok(health.history.length >= 1 && health.memory.agentRssBytes > 1e6);
});

test('the agent excludes itself from the start', async () => {
  const agent = await start();
  const rows = await new Promise<RequestSummary[]>((resolve) => agent.live.subscribe('', { requests: resolve, tick: () => undefined }));
  assert.equal(rows[0].pid, process.pid);
});

test('what the worker flushes while it is stopped still counts', async () => {
  const agent = await start();
  await agent.stop();
  assert.deepEqual([agent.totals.requests, agent.totals.errors], [2, 1]);
  assert.equal(agent.totals.endpoints()[0].endpoint, '/orders/*');
});

test('a reason the worker gives for not starting keeps its code and hint', async () => {
  const error = await failure(start('fatal'));
  assert.deepEqual([error.code, error.message, error.hint, error.exitCode], ['KND-031', 'this kernel has no BTF', 'Use another kernel.', 3]);
});

test('a worker that dies at start, or later, is a clear error', async () => {
  const error = await failure(start('crash-at-start'));
  assert.equal(error.code, 'KND-002');
  const agent = await start('crash-later');
  assert.match((await agent.failed).message, /crashed later/);
});

test('a missing worker file says to build', async () => {
  const error = await failure(start('ok', {}, { workerFile: new URL('./no-capture-worker.js', import.meta.url) }));
  assert.match(`${error.code} ${error.hint}`, /^KND-003 .*npm run build/);
});

test('a port in use is refused with its address and what to do', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => other.once('listening', resolve));
  const { port } = other.address() as AddressInfo;
  const error = await failure(start('ok', { listen: `127.0.0.1:${port}` }));
  other.close();
  assert.equal(error.code, 'KND-050');
  assert.equal(error.exitCode, 5);
  assert.match(error.message, new RegExp(String(port)));
});
