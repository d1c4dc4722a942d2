import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { AgentHealth, Overview, ServiceRow } from '../../src/server/api.js';
import { freePort } from '../servers/index.js';
import { DemoProcess } from './demo-process.js';

async function get<T>(url: string): Promise<T> {
  const response = await fetch(url);
  assert.equal(response.status, 200, url);
  return await response.json() as T;
}

const wanted = ['http', 'redis', 'postgres', 'mysql', 'dns'];

/** The first overview that has what is asked; a busy machine takes its time. */
async function overviewWith(url: string, isComplete: (services: ServiceRow[]) => boolean): Promise<Overview> {
  for (const end = Date.now() + 30_000; ; await delay(500)) {
    const now = Date.now();
    const overview = await get<Overview>(`${url}/api/overview?from=${now - 30_000}&to=${now}`);
    if (isComplete(overview.services)) return overview;
    if (now > end) throw new Error(`after 30 s the overview has only: ${JSON.stringify(overview.services.map(({ service, protocols, errors }) => ({ service, protocols, errors })))}`);
  }
}

test('the shop runs with its injected trouble, alone, and ends by itself', { timeout: 60_000 }, async () => {
  await using demo = DemoProcess.start(['--no-agent', '--seconds', '12']);
  assert.equal(await demo.ended, 0, demo.output);
  const [, sent, answered, failed] = (await demo.printed(/(\d+) requests sent, (\d+) answered, (\d+) without an answer/)).map(Number);
  assert.ok(sent > 900, `${sent} sent`);
  assert.ok(answered > sent * 0.95 && failed === 0, demo.output);
  assert.match(demo.output, /404: \d+.* 409: \d+.* 50\d: \d+/);
  assert.ok(await demo.leftNothing(), demo.leftovers().join(' '));
});

test('the demo shows on page and terminal what the shop does, and SIGTERM removes all of it', { timeout: 90_000 }, async () => {
  const port = await freePort();
  await using demo = DemoProcess.start(['--port', String(port)]);
  await demo.printed(/the page is on /);
  const url = `http://127.0.0.1:${port}`;
  const overview = await overviewWith(url, (services) => wanted.every((protocol) => services.some((service) => service.protocols.includes(protocol)))
    && services.some((service) => service.errors > 0));
  assert.ok(overview.services.every((service) => service.p50Ns <= service.p95Ns));
  const health = await get<AgentHealth>(`${url}/api/agent`);
  assert.deepEqual(health.losses.filter((loss) => loss.count > 0), []);
  await demo.printed(/service +protocol +req\/s/);
  demo.kill('SIGTERM');
  assert.equal(await demo.ended, 0, demo.output);
  assert.ok(await demo.leftNothing(), demo.leftovers().join(' '));
  await assert.rejects(fetch(url), 'the page is gone');
});

test('kill -9 of the demo leaves nothing either', { timeout: 60_000 }, async () => {
  await using demo = DemoProcess.start(['--no-agent']);
  await demo.printed(/the shop answers on /);
  demo.kill('SIGKILL');
  await demo.ended;
  assert.ok(await demo.leftNothing(), demo.leftovers().join(' '));
});

test('an interrupt while the shop is starting removes what was started', { timeout: 60_000 }, async () => {
  await using demo = DemoProcess.start(['--no-agent']);
  await demo.printed(/filling the databases|starting Redis/);
  demo.kill('SIGINT');
  assert.equal(await demo.ended, 0, demo.output);
  assert.ok(await demo.leftNothing(), demo.leftovers().join(' '));
});

test('a wanted port that is in use is said at once', { timeout: 30_000 }, async () => {
  const other = createServer();
  const port = await freePort();
  await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve));
  await using demo = DemoProcess.start(['--port', String(port), '--seconds', '1']);
  assert.equal(await demo.ended, 1);
  assert.match(demo.output, new RegExp(`port ${port} is in use`));
  other.close();
});
