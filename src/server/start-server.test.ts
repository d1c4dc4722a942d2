import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { gzipSync } from 'node:zlib';
import { pino } from 'pino';
import { sampleProfile } from '../export/testing/sample-profile.js';
import type { Profile, ProfileSummary } from './api.js';
import type { Queries } from './queries.js';
import { startServer, type RunningServer, type ServerOptions } from './start-server.js';

const folder = mkdtempSync(join(tmpdir(), 'kindling-page-'));
mkdirSync(join(folder, 'assets'));
writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Kindling</title>' + ' '.repeat(2_000));
writeFileSync(join(folder, 'assets/index-abc.js'), 'export {};');
after(() => rmSync(folder, { recursive: true, force: true }));

const unanswered = (): Promise<never> => Promise.reject(new Error('the disk of this machine is called /secret'));
const queries: Queries = {
  overview: async (range) => ({ range, sentence: '', services: [], notes: [] }),
  requests: async ({ range, filter }) => {
    if (filter === 'nonsense:') throw Object.assign(new Error('nonsense: has no value.'), { code: 'store_bad_filter', hint: 'Write nonsense:value.' });
    if (filter === 'slowly') throw Object.assign(new Error('too long'), { code: 'store_query_timeout', hint: 'Narrow it.' });
    return { range, rows: [], nextCursor: null, matched: 0, sampled: null, notes: [] };
  },
  heatmap: unanswered,
  request: async () => null,
  service: async (service, range) => ({ range, service, series: [], endpoints: [], callers: [], callees: [] }),
  fields: () => [],
};

async function withServer(patch: Partial<ServerOptions>, run: (base: string, server: RunningServer) => Promise<void>): Promise<void> {
  const server = await startServer({
    port: 0, queries, live: { subscribe: () => () => {} }, health: unanswered, pageDirectory: folder, log: pino({ level: 'silent' }),
    metrics: async () => ({ contentType: 'text/plain; version=0.0.4', text: 'up 1\n' }), ...patch,
  });
  try {
    await run(`http://127.0.0.1:${server.port}`, server);
  } finally {
    await server.close();
  }
}

/** `fetch` does not let its user choose the Host header. */
function withHost(port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    httpRequest({ host: '127.0.0.1', port, path: '/api/fields', headers: { host } }, (response) => { response.resume(); resolve(response.statusCode!); }).on('error', reject).end();
  });
}

test('on loopback only names of this machine are accepted as Host', async () => {
  await withServer({}, async (_base, { port }) => {
    for (const host of ['localhost', `127.0.0.1:${port}`, '[::1]:9500', 'LOCALHOST:1']) assert.equal(await withHost(port, host), 200, host);
    for (const host of ['evil.example', `evil.example:${port}`, '127.0.0.1.evil.example', 'localhost.evil.example', '[::1].evil.example']) assert.equal(await withHost(port, host), 403, host);
  });
});

test('every answer carries a content security policy without inline code', async () => {
  await withServer({}, async (base) => {
    for (const path of ['/', '/api/fields', '/api/nothing', '/metrics', '/assets/index-abc.js']) {
      const policy = (await fetch(base + path)).headers.get('content-security-policy') ?? '';
      assert.match(policy, /default-src 'none'/, path);
      assert.doesNotMatch(policy, /unsafe/);
    }
  });
});

test('the page is revalidated, its hashed files are kept for good', async () => {
  await withServer({}, async (base) => {
    const page = await fetch(`${base}/requests/0123`);
    assert.match(page.headers.get('content-type')!, /text\/html/);
    assert.equal(page.headers.get('cache-control'), 'no-cache');
    assert.equal(page.headers.get('content-encoding'), 'gzip');
    const again = await fetch(`${base}/`, { headers: { 'if-none-match': page.headers.get('etag')! } });
    assert.equal(again.status, 304);
    assert.match((await fetch(`${base}/assets/index-abc.js`)).headers.get('cache-control')!, /immutable/);
    assert.equal((await fetch(`${base}/assets/../../../etc/passwd`)).headers.get('content-type')?.includes('html'), true, 'an address of the page, not a file');
    assert.equal((await fetch(`${base}/assets/index-old.js`)).status, 404);
    assert.equal((await fetch(`${base}/api/fields`)).headers.get('cache-control'), 'no-store');
  });
});

test('bad input gets 400 with the parameter and what to do', async () => {
  await withServer({}, async (base) => {
    const bad = ['/api/requests?limit=0', '/api/requests?limit=abc', '/api/requests?from=9&to=3', '/api/requests?sort=drop%20table', '/api/heatmap?columns=100000',
      `/api/requests?filter=${'x'.repeat(2_001)}`, '/api/requests/..%2f..', '/api/requests/zz', '/api/overview?from=-1', '/api/overview?from=0&to=99999999999999'];
    for (const path of bad) {
      const response = await fetch(base + path);
      const body = await response.json() as { code: string; message: string; hint: string };
      assert.equal(response.status, 400, path);
      assert.equal(body.code, 'bad_query', path);
      assert.ok(body.message.includes(':') && body.hint.length > 0, `${path}: ${body.message}`);
    }
  });
});

test("a filter's own error reaches the caller, an inner one does not leak", async () => {
  await withServer({}, async (base) => {
    const filter = await fetch(`${base}/api/requests?filter=nonsense:`);
    assert.equal(filter.status, 400);
    assert.deepEqual(await filter.json(), { code: 'store_bad_filter', message: 'nonsense: has no value.', hint: 'Write nonsense:value.' });
    assert.equal((await fetch(`${base}/api/requests?filter=slowly`)).status, 504);
    const inner = await fetch(`${base}/api/heatmap`);
    assert.equal(inner.status, 500);
    assert.doesNotMatch(await inner.text(), /secret/);
  });
});

test('unknown requests, paths and methods say so', async () => {
  await withServer({}, async (base) => {
    const gone = await fetch(`${base}/api/requests/0123456789abcdef`);
    assert.equal(gone.status, 404);
    assert.equal((await gone.json() as { code: string }).code, 'request_not_found');
    assert.equal((await fetch(`${base}/api/nothing`)).status, 404);
    assert.equal((await fetch(`${base}/api/fields`, { method: 'POST', body: '{}' })).status, 405);
  });
});

test('a profile that is kept compressed goes as it is to who takes gzip, and unpacked to who does not', async () => {
  const profile = { requestId: '0a', verdict: 'It waited.' } as Profile;
  const packed = async (id: string) => (id === '0a' ? new Uint8Array(gzipSync(JSON.stringify(profile))) : null);
  const profiles = { get: async (id: string) => (id === '0a' ? profile : null), packed, list: async () => [] };
  await withServer({ profiles }, async (base) => {
    for (const coding of ['gzip, br', 'identity']) {
      const response = await fetch(`${base}/api/requests/0a/profile`, { headers: { 'accept-encoding': coding } });
      assert.deepEqual([response.headers.get('content-encoding'), response.headers.get('vary')], [coding === 'identity' ? null : 'gzip', 'accept-encoding']);
      assert.deepEqual(await response.json(), profile);
    }
    assert.equal((await fetch(`${base}/api/requests/0c/profile`)).status, 404);
  });
});

test('a profile comes from its source; without one the API says why', async () => {
  const profile = { requestId: '0a', verdict: 'It waited.' } as Profile;
  const profiles = {
    get: async (id: string) => (id === '0a' ? profile : null),
    list: async (limit: number) => [{ id: '0a', topKind: 'lock' }, { id: '0b', topKind: 'cpu' }].slice(0, limit) as ProfileSummary[],
  };
  const codeOf = async (url: string): Promise<unknown[]> => {
    const response = await fetch(url);
    return [response.status, (await response.json() as { code: string }).code];
  };
  await withServer({ profiles }, async (base) => {
    assert.deepEqual(await (await fetch(`${base}/api/requests/0a/profile`)).json(), profile);
    assert.deepEqual(await (await fetch(`${base}/api/profiles?limit=1`)).json(), [{ id: '0a', topKind: 'lock' }]);
    assert.deepEqual(await codeOf(`${base}/api/requests/0c/profile`), [404, 'profile_not_found']);
    assert.deepEqual(await codeOf(`${base}/api/requests/..%2F/profile`), [400, 'bad_query']);
    assert.deepEqual(await codeOf(`${base}/api/profiles?limit=0`), [400, 'bad_query']);
  });
  await withServer({}, async (base) => {
    assert.deepEqual(await codeOf(`${base}/api/requests/0a/profile`), [404, 'profiling_off']);
    assert.deepEqual(await codeOf(`${base}/api/profiles`), [404, 'profiling_off']);
  });
});

test('a profile comes as a file of other tools too, always to be saved', async () => {
  const profiles = { get: async (id: string) => (id === '0a' ? sampleProfile() : null), list: async () => [] };
  await withServer({ profiles }, async (base) => {
    const get = async (suffix: string): Promise<unknown[]> => {
      const response = await fetch(`${base}/api/requests/0a/${suffix}`);
      const body = Buffer.from(await response.arrayBuffer());
      return [response.status, response.headers.get('content-disposition'), suffix.endsWith('.gz') ? body.readUInt16BE(0) : body.toString('latin1', 0, 2)];
    };
    assert.deepEqual(await get('profile.perfetto.json'), [200, 'attachment; filename="kindling-00000000000000aa.profile.perfetto.json"', '{"']);
    assert.deepEqual(await get('profile.speedscope.json'), [200, 'attachment; filename="kindling-00000000000000aa.profile.speedscope.json"', '{"']);
    assert.deepEqual(await get('profile.pb.gz'), [200, 'attachment; filename="kindling-00000000000000aa.profile.pb.gz"', 0x1f8b]);
    assert.deepEqual((await get('profile.html')).slice(0, 2), [503, null]);
    assert.equal((await fetch(`${base}/api/requests/0b/profile.pb.gz`)).status, 404);
    assert.equal((await fetch(`${base}/api/requests/0a/profile.pdf`)).status, 404);
    writeFileSync(join(folder, 'profile-file.html'), '<title></title><script type="application/json" id="profile">null</script>');
  });
  await withServer({ profiles }, async (base) => {
    const response = await fetch(`${base}/api/requests/0a/profile.html`);
    assert.match(await response.text(), /id="profile">\{"requestId":"00000000000000aa"/);
    assert.match(response.headers.get('content-disposition') ?? '', /^attachment/);
  });
  rmSync(join(folder, 'profile-file.html'));
});

test('an address that is no valid encoding is refused', async () => {
  await withServer({}, async (base) => {
    const response = await fetch(`${base}/services/%E0%A4%A`);
    assert.equal(response.status, 400);
    assert.ok((await response.json() as { hint: string }).hint.length > 0);
  });
});

test('without a store the API says so and the page still comes', async () => {
  await withServer({ queries: null }, async (base) => {
    const response = await fetch(`${base}/api/overview`);
    assert.equal(response.status, 503);
    assert.equal((await response.json() as { code: string }).code, 'no_store');
    assert.equal((await fetch(base)).status, 200);
  });
});

test('without a built page the answer says how to build it', async () => {
  await withServer({ pageDirectory: join(folder, 'missing') }, async (base) => {
    const response = await fetch(base);
    assert.equal(response.status, 503);
    assert.match(await response.text(), /npm run build/);
  });
});

test('metrics are served as given', async () => {
  await withServer({}, async (base) => {
    const response = await fetch(`${base}/metrics`);
    assert.equal(await response.text(), 'up 1\n');
    assert.match(response.headers.get('content-type')!, /version=0\.0\.4/);
  });
});

test('a port in use is a clear error', async () => {
  await withServer({}, async (_base, { port }) => {
    await assert.rejects(withServer({ port }, async () => {}), (error: { code: string; message: string; hint: string }) => {
      assert.equal(error.code, 'KND-050');
      assert.match(error.message, new RegExp(`127.0.0.1:${port}`));
      assert.ok(error.hint.length > 0);
      return true;
    });
  });
});

test('beyond loopback it does not start without a token', async () => {
  await assert.rejects(withServer({ address: '0.0.0.0' }, async () => {}), { code: 'KND-014' });
  await assert.rejects(withServer({ address: '192.0.2.1', token: 'x' }, async () => {}), { code: 'KND-051' });
});

test('with a token everything needs it: as bearer, or once in the address and then as a cookie', async () => {
  await withServer({ token: 'correct horse' }, async (base, server) => {
    for (const path of ['/', '/api/fields', '/metrics', '/api/live', '/assets/index-abc.js']) {
      assert.equal((await fetch(base + path)).status, 401, path);
      assert.equal((await fetch(base + path, { headers: { authorization: 'Bearer wrong' } })).status, 401, path);
    }
    assert.equal((await fetch(`${base}/metrics`, { headers: { authorization: 'Bearer correct horse' } })).status, 200);
    assert.equal((await fetch(`${base}/?token=wrong`)).status, 401);

    const first = await fetch(server.url, { redirect: 'manual' });
    assert.equal(first.status, 303);
    assert.equal(first.headers.get('location'), '/');
    const cookie = first.headers.get('set-cookie')!;
    assert.match(cookie, /HttpOnly/);
    assert.match(cookie, /SameSite=Strict/);
    assert.doesNotMatch(cookie, /horse/);
    assert.equal((await fetch(`${base}/api/fields`, { headers: { cookie: cookie.split(';')[0] } })).status, 200);
  });
});

test('the token leaves the address and cannot lead elsewhere', async () => {
  await withServer({ token: 't' }, async (base) => {
    const kept = await fetch(`${base}/requests?filter=error:yes&token=t`, { redirect: 'manual' });
    assert.equal(kept.headers.get('location'), '/requests?filter=error%3Ayes');
    const elsewhere = await fetch(`${base}//evil.example/?token=t`, { redirect: 'manual' });
    assert.doesNotMatch(elsewhere.headers.get('location') ?? '', /^\/\/|^http/);
  });
});

/** What stands on the wire, as `fetch` would never write it. */
function askRaw(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    socket.setTimeout(5_000, () => socket.destroy(new Error(`no answer to ${JSON.stringify(text.slice(0, 80))}`)));
    socket.on('data', (bytes: Buffer) => { answer += bytes.toString('latin1'); });
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
  });
}

test('what is no HTTP, or smuggles, or is odd gets a refusal with the same headers as everything, and never a 500', async () => {
  const ends = 'Host: localhost\r\nConnection: close\r\n\r\n';
  const asked = [
    '\x16\x03\x01\r\n\r\n', `GET /${'a'.repeat(100_000)} HTTP/1.1\r\n${ends}`, `GET // HTTP/1.1\r\n${ends}`, `GET /\\evil?token=x HTTP/1.1\r\n${ends}`,
    `GET http://evil.example/?token=x HTTP/1.1\r\n${ends}`, `OPTIONS * HTTP/1.1\r\n${ends}`, `TRACE / HTTP/1.1\r\n${ends}`, `GET /% HTTP/1.1\r\n${ends}`,
    `GET /api/fields HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n${ends}0\r\n\r\n`,
  ];
  await withServer({ token: 't' }, async (_base, { port }) => {
    for (const text of asked) {
      const answer = await askRaw(port, text);
      assert.match(answer, /^HTTP\/1\.1 4\d\d /, text.slice(0, 80));
      assert.match(answer, /content-security-policy: default-src 'none'/, text.slice(0, 80));
    }
  });
});
