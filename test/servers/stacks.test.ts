/** Stacks of Debian's own servers under load: built without frame pointers, and stripped. */
import { chmodSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { NamedStacks } from '../../src/symbols/stack-request.js';
import { Symbolizer } from '../../src/symbols/symbolizer.js';
import { selfSampler } from '../../src/symbols/testing/self-sampler.js';
import { assertWhole } from '../../src/symbols/testing/whole-stacks.js';
import { pgbench, pgbenchInit, redisBenchmark, startNginx, startPostgres, startRedis, Workspace, wrk, type Server, type ServerPlace } from './index.js';

const WANTED_SAMPLES = 100;

/** Loads a server until enough stacks were copied, and names them while its processes live. */
async function namesUnderLoad(name: string, start: (place: ServerPlace) => Promise<Server>, load: (server: Server) => Promise<unknown>): Promise<NamedStacks> {
  await using place = await Workspace.create('stacks');
  chmodSync(place.directory, 0o777);
  const sampler = selfSampler(place.directory, name);
  const server = await start({ directory: place.directory, cgroup: place.cgroup, env: sampler.env });
  await using symbolizer = { namer: new Symbolizer(), [Symbol.asyncDispose]: () => symbolizer.namer.close() };
  for (let round = 0; round < 20; round++) {
    let loaded = false;
    const loading = load(server).finally(() => { loaded = true; });
    while (!loaded) {
      await delay(200);
      const alive = new Set(place.cgroup.pids());
      const items = sampler.samples().filter((item) => alive.has(item.pid)).slice(-1_000);
      if (items.length < WANTED_SAMPLES) continue;
      const named = await symbolizer.namer.symbolize(items, { withinMs: 60_000 });
      await loading;
      return named;
    }
    await loading;
  }
  throw new Error(`${name} did not use enough CPU time for ${WANTED_SAMPLES} samples`);
}

test('stacks of redis-server under load are whole', async () => {
  assertWhole(await namesUnderLoad('redis-server', startRedis, (server) => redisBenchmark({ port: server.port, requests: 300_000, pipeline: 8 })), /processCommand/);
});

test('stacks of nginx under load are whole', async () => {
  assertWhole(await namesUnderLoad('nginx', startNginx, (server) => wrk({ url: `http://127.0.0.1:${server.port}/hello`, seconds: 3 })), /ngx_http_/);
});

test('stacks of postgres under load are whole', async () => {
  assertWhole(await namesUnderLoad('postgres', async (place) => {
    const server = await startPostgres(place);
    await pgbenchInit(server.port);
    return server;
  }, (server) => pgbench({ port: server.port, seconds: 3, clients: 2 })), /PostgresMain/);
});
