import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { pino } from 'pino';
import type { AskRequest, ProfilingChange, ProfilingState } from './api.js';
import { HttpError } from './errors.js';
import type { ProfilingControl } from './queries.js';
import { startServer } from './start-server.js';

const folder = mkdtempSync(join(tmpdir(), 'kindling-profiling-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** Remembers what it was told. */
class Control implements ProfilingControl {
  on = false;
  refuses = false;
  asked: AskRequest[] = [];

  state(): ProfilingState {
    return {
      on: this.on, starting: false, unavailable: '', ended: '', hooks: [], memoryBytes: 0, kernelCores: null, profiles: { count: 0, bytes: 0 },
      counts: { byReason: {}, passedOver: 0, unwritten: 0, unwrittenReason: '' }, limits: { memoryPerCpuBytes: 1, perHour: 1, perEndpoint: 1, files: 1, diskBytes: 1 },
      asks: this.asked.map((ask) => ({ operation: '', ...ask, remaining: ask.count })),
    };
  }

  async change({ on, ask }: ProfilingChange): Promise<ProfilingState> {
    if (this.refuses) throw new HttpError('profiling_refused', 'The kernel has no ring for it.');
    this.on = on ?? this.on;
    if (ask) this.asked.push(ask);
    return this.state();
  }
}

const CHANGE = { 'content-type': 'application/json', 'x-kindling': '1' };

async function withControl(run: (base: string, control: Control) => Promise<void>, token: string | null = null): Promise<void> {
  const control = new Control();
  const unanswered = (): never => { throw new Error('not asked'); };
  const server = await startServer({
    port: 0, token, queries: null, profiling: control, live: { subscribe: () => () => {} }, health: unanswered, metrics: unanswered,
    pageDirectory: folder, log: pino({ level: 'silent' }),
  });
  try {
    await run(`http://127.0.0.1:${server.port}`, control);
  } finally {
    await server.close();
  }
}

const post = (url: string, body: unknown, headers: Record<string, string> = CHANGE): Promise<Response> =>
  fetch(url, { method: 'POST', headers, body: typeof body === 'string' ? body : JSON.stringify(body) });

test('profiling is turned on and off, and says what it is', async () => {
  await withControl(async (base, control) => {
    assert.equal((await (await fetch(`${base}/api/profiling`)).json() as ProfilingState).on, false);
    assert.equal((await (await post(`${base}/api/profiling`, { on: true })).json() as ProfilingState).on, true);
    assert.equal(control.on, true);
    assert.equal((await (await post(`${base}/api/profiling`, { on: false })).json() as ProfilingState).on, false);
    control.refuses = true;
    const refused = await post(`${base}/api/profiling`, { on: true });
    assert.deepEqual([refused.status, (await refused.json() as { code: string; message: string }).message], [503, 'The kernel has no ring for it.']);
  });
});

test('the next requests like one are asked for; what cannot be understood is not done', async () => {
  await withControl(async (base, control) => {
    const ask = { service: 'cart', endpoint: '/checkout', operation: 'POST', count: 5 };
    const state = await (await post(`${base}/api/profiling`, { ask })).json() as ProfilingState;
    assert.deepEqual(state.asks, [{ ...ask, remaining: 5 }]);
    for (const bad of [{ ...ask, count: 0 }, { ...ask, count: 101 }, { ...ask, count: 1.5 }, { ...ask, service: '' }, { ...ask, pid: 1 }, {}, [], null]) {
      assert.equal((await post(`${base}/api/profiling`, { ask: bad })).status, 400, JSON.stringify(bad));
    }
    for (const bad of [{}, [], null, '{', '', { on: 'yes' }, { on: 1 }, { on: true, scope: 'all' }]) {
      const answer = await post(`${base}/api/profiling`, bad);
      assert.deepEqual([answer.status, (await answer.json() as { code: string }).code], [400, 'bad_query'], JSON.stringify(bad));
    }
    assert.equal((await post(`${base}/api/profiling`, { ask: { ...ask, endpoint: 'x'.repeat(10_000) } })).status, 413);
    assert.deepEqual([control.asked.length, control.on], [1, false]);
  });
});

test('another site cannot change anything: not by a form, not by a script, not by leaving headers out', async () => {
  await withControl(async (base, control) => {
    const host = new URL(base).host;
    const refused: Array<Record<string, string>> = [
      { 'content-type': 'application/json' },
      { 'content-type': 'text/plain', 'x-kindling': '1' },
      { 'content-type': 'application/x-www-form-urlencoded', 'x-kindling': '1' },
      { 'content-type': 'application/jsonp', 'x-kindling': '1' },
      { ...CHANGE, origin: 'https://evil.example' },
      { ...CHANGE, origin: 'null' },
      { ...CHANGE, origin: `http://${host}.evil.example` },
      { ...CHANGE, 'sec-fetch-site': 'cross-site', origin: base },
      { ...CHANGE, 'sec-fetch-site': 'same-site', origin: base },
    ];
    for (const headers of refused) {
      const answer = await post(`${base}/api/profiling`, { on: true }, headers);
      assert.deepEqual([answer.status, (await answer.json() as { code: string }).code], [403, 'not_same_origin'], JSON.stringify(headers));
    }
    assert.equal(control.on, false);
    for (const headers of [{ ...CHANGE, origin: base }, { ...CHANGE, 'sec-fetch-site': 'same-origin' }, { ...CHANGE, 'content-type': 'application/json; charset=utf-8' }]) {
      assert.equal((await post(`${base}/api/profiling`, { on: true }, headers)).status, 200, JSON.stringify(headers));
    }
    const preflight = await fetch(`${base}/api/profiling`, { method: 'OPTIONS', headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' } });
    assert.equal(preflight.status, 405);
    assert.equal(preflight.headers.get('access-control-allow-origin'), null);
  });
});

test('with a token nothing is changed without it', async () => {
  await withControl(async (base, control) => {
    assert.equal((await post(`${base}/api/profiling`, { on: true })).status, 401);
    assert.equal(control.on, false);
    assert.equal((await post(`${base}/api/profiling`, { on: true }, { ...CHANGE, authorization: 'Bearer a-token-of-20-letters' })).status, 200);
  }, 'a-token-of-20-letters');
});
