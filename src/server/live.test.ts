import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import test from 'node:test';
import { pino } from 'pino';
import type { LiveTick, RequestSummary } from './api.js';
import type { LiveSink } from './queries.js';
import { startServer, type RunningServer } from './start-server.js';

const tick: LiveTick = { t: 1, requestsPerSecond: 2, errorsPerSecond: 0, lost: 0, notes: [] };

function row(id: number): RequestSummary {
  return { id: id.toString(16).padStart(16, '0'), resource: 'x'.repeat(400) } as RequestSummary;
}

interface Live { server: RunningServer; sinks: LiveSink[]; filters: string[] }

async function withLive(run: (live: Live) => Promise<void>): Promise<void> {
  const sinks: LiveSink[] = [];
  const filters: string[] = [];
  const subscribe = (filter: string, sink: LiveSink): (() => void) => {
    if (filter === 'bad:') throw Object.assign(new Error('bad: has no value.'), { code: 'store_bad_filter', hint: 'Write bad:value.' });
    filters.push(filter);
    sinks.push(sink);
    return () => sinks.splice(sinks.indexOf(sink), 1);
  };
  const nothing = async (): Promise<never> => { throw new Error('not asked for here'); };
  const server = await startServer({ port: 0, queries: null, live: { subscribe }, health: nothing, metrics: nothing, pageDirectory: 'missing', log: pino({ level: 'silent' }) });
  try {
    await run({ server, sinks, filters });
  } finally {
    await server.close();
  }
}

/** Reads server-sent events until `enough`. */
async function events(response: Response, enough: (events: Array<{ event: string; data: unknown }>) => boolean): Promise<Array<{ event: string; data: unknown }>> {
  const found: Array<{ event: string; data: unknown }> = [];
  let text = '';
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const match = /^event: (\w+)\ndata: (.*)$/s.exec(text.slice(0, end));
      if (match) found.push({ event: match[1], data: JSON.parse(match[2]) });
      text = text.slice(end + 2);
    }
    if (enough(found)) return found;
  }
  return found;
}

async function until(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 300 && !condition(); i++) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.ok(condition());
}

test('rows and ticks arrive as events, with the filter handed on', async () => {
  await withLive(async ({ server, sinks, filters }) => {
    const response = await fetch(`${server.url}api/live?filter=service:cart`);
    assert.match(response.headers.get('content-type')!, /text\/event-stream/);
    assert.equal(response.headers.get('cache-control'), 'no-store');
    sinks[0].requests([row(1), row(2)]);
    sinks[0].tick(tick);
    const found = await events(response, (all) => all.length >= 2);
    assert.deepEqual(filters, ['service:cart']);
    assert.equal((found[0].data as unknown[]).length, 2);
    assert.deepEqual(found[1].data, { ...tick, dropped: 0 });
  });
});

test('a filter that cannot be understood is refused before the stream begins', async () => {
  await withLive(async ({ server }) => {
    const response = await fetch(`${server.url}api/live?filter=bad:`);
    assert.equal(response.status, 400);
    assert.equal((await response.json() as { code: string }).code, 'store_bad_filter');
  });
});

test('a browser that goes away ends its subscription', async () => {
  await withLive(async ({ server, sinks }) => {
    const abort = new AbortController();
    await fetch(`${server.url}api/live`, { signal: abort.signal });
    assert.equal(sinks.length, 1);
    abort.abort();
    await until(() => sinks.length === 0);
  });
});

test('more than 64 streams are refused', async () => {
  await withLive(async ({ server, sinks }) => {
    const abort = new AbortController();
    const open = await Promise.all(Array.from({ length: 65 }, () => fetch(`${server.url}api/live`, { signal: abort.signal })));
    assert.equal(open.filter((response) => response.status === 503).length, 1);
    assert.equal(sinks.length, 64);
    abort.abort();
  });
});

test('a browser that does not read costs bounded memory; what it misses is counted', { timeout: 60_000 }, async () => {
  await withLive(async ({ server, sinks }) => {
    const socket: Socket = connect(server.port, '127.0.0.1');
    socket.write('GET /api/live HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await until(() => sinks.length === 1);
    socket.pause();
    const rounds = 60;
    const rowsARound = 5_000;
    const before = process.memoryUsage().rss;
    for (let i = 0; i < rounds; i++) {
      sinks[0].requests(Array.from({ length: rowsARound }, (_, n) => row(i * rowsARound + n)));
      sinks[0].tick(tick);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    assert.ok(process.memoryUsage().rss - before < 150e6, `${(process.memoryUsage().rss - before) / 1e6} MB more`);
    let text = '';
    socket.on('data', (chunk) => { text += chunk; });
    socket.resume();
    const counted = (): number => {
      const dropped = [...text.matchAll(/"dropped":(\d+)/g)].reduce((sum, match) => sum + Number(match[1]), 0);
      return dropped + text.split('"resource"').length - 1;
    };
    const nudge = setInterval(() => sinks[0].tick(tick), 200);
    await until(() => counted() >= rounds * rowsARound).finally(() => clearInterval(nudge));
    assert.equal(counted(), rounds * rowsARound);
    socket.destroy();
  });
});
