import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { RequestRecord } from '../requests/record.js';
import { encodeRollups } from './rollup-encoder.js';
import { openChdb } from './chdb/driver.js';
import { REQUEST_COLUMNS } from './columns.js';
import { RowEncoder, writeOf } from './row-encoder.js';
import { RowWriter } from './row-writer.js';
import { embeddedLayout, schemaStatements } from './schema.js';
import { Spool } from './spool.js';
import { openStore, type Store } from './store.js';
import { sampleRecord, sampleRollup } from './testing/sample-record.js';

const BASE_SECONDS = 1_750_000_000;
const at = (seconds: number, ns = 0): string => String(BigInt(BASE_SECONDS + seconds) * 1_000_000_000n + BigInt(ns));
const id = (n: number): string => n.toString(16).padStart(16, '0');
const RANGE = { from: BASE_SECONDS * 1000, to: (BASE_SECONDS + 120) * 1000 };
const HOSTILE = "x'\n\n\n; DROP TABLE kindling.requests; --\0\"\\ ünïcödé \u{1f525}";
const BYTES = Uint8Array.from({ length: 256 }, (_, i) => i);

let directory = '';
let store: Store;

const records: RequestRecord[] = [
  ...Array.from({ length: 60 }, (_, i) => sampleRecord({ id: id(i + 1), start: at(i), connectionId: 100 + (i % 2), weight: 2 })),
  sampleRecord({ id: id(200), start: at(30, 5), role: 'server', service: 'cart', durationNs: 812e6, slow: true, connectNs: 1, traceId: 'aabbcc', client: '10.0.0.1:50000', server: '10.0.0.2:80', connectionId: 9 }),
  sampleRecord({ id: id(201), start: at(30, 4), role: 'client', service: 'web', pid: 99, durationNs: 813e6, slow: true, client: '10.0.0.1:50000', server: '10.0.0.2:80', connectionId: 10 }),
  sampleRecord({ id: id(202), start: at(30, 100e6), role: 'client', service: 'cart', peerService: 'postgres', protocol: 'postgres', endpoint: 'select orders *', operation: 'select', resource: HOSTILE, connectionId: 11, pid: 812 }),
  sampleRecord({ id: 'ffffffffffffffff', start: at(40), status: '500', error: 'protocol_error', errorText: HOSTILE, resource: HOSTILE, requestPayload: BYTES, responsePayload: new Uint8Array(0), attributes: { 'http.request.header.host': HOSTILE, n: 7 }, connectionId: 2 ** 52 + 1 }),
];

before(async () => {
  directory = mkdtempSync(join(tmpdir(), 'kindling-store-'));
  store = await openStore({ directory });
  const encoder = new RowEncoder();
  for (const record of records) encoder.add(record);
  const taken = encoder.take()!;
  store.append('requests', taken.rowBinary, taken.rowCount);
  const rollups = [
    ...Array.from({ length: 12 }, (_, i) => sampleRollup({ time: BASE_SECONDS + i * 10, count: 10, kept: 5 })),
    sampleRollup({ time: BASE_SECONDS + 30, slow: true, durationMaxNs: 812e6, durationSumNs: 812e6 }),
    sampleRollup({ time: BASE_SECONDS + 40, error: 'protocol_error', status: '500' }),
    sampleRollup({ time: BASE_SECONDS + 30, role: 'client', peerService: 'postgres', protocol: 'postgres', endpoint: 'select orders *', operation: 'select', status: '0' }),
    sampleRollup({ time: BASE_SECONDS + 30, role: 'client', service: 'web', peerService: 'cart' }),
  ];
  store.append('rollup_10s', encodeRollups(rollups), rollups.length);
  await store.flush();
});
after(async () => {
  await store.close();
  rmSync(directory, { recursive: true });
});

test('every field of a record comes back as it went in', async () => {
  const detail = await store.queries.requestDetail('ffffffffffffffff');
  const { requestPayload, responsePayload, ...rest } = records[records.length - 1];
  assert.deepEqual(detail?.request, rest);
  assert.deepEqual(Buffer.from(detail!.requestPayload!.base64, 'base64'), Buffer.from(requestPayload!));
  assert.deepEqual(detail!.responsePayload, { base64: '', totalBytes: rest.responseBytes });
  const plain = await store.queries.requestDetail(id(1));
  assert.equal(plain?.requestPayload, null);
  assert.equal(plain?.request.connectNs, null);
});
test('the list pages newest first without holes or repeats', async () => {
  const seen: string[] = [];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof store.queries.requestList>> = await store.queries.requestList(RANGE, '', { limit: 7, cursor });
    seen.push(...page.rows.map((r) => r.id));
    cursor = page.nextCursor;
  } while (cursor !== null);
  assert.equal(seen.length, records.length);
  const expected = [...records].sort((a, b) => (BigInt(a.start) < BigInt(b.start) ? 1 : BigInt(a.start) > BigInt(b.start) ? -1 : a.id < b.id ? 1 : -1)).map((r) => r.id);
  assert.deepEqual(seen, expected);
});
test('the list sorts by other columns and pages through ties', async () => {
  for (const sort of ['-duration', 'duration', 'connect', '-endpoint', 'error', '-weight', 'id']) {
    const seen = new Set<string>();
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof store.queries.requestList>> = await store.queries.requestList(RANGE, '', { limit: 10, cursor, sort });
      page.rows.forEach((r) => seen.add(r.id));
      cursor = page.nextCursor;
    } while (cursor !== null);
    assert.equal(seen.size, records.length, sort);
  }
  const [longest] = (await store.queries.requestList(RANGE, '', { sort: '-duration', limit: 1 })).rows;
  assert.equal(longest.durationNs, 813e6);
});
test('filters answer from rows, and say how many match by the roll-ups', async () => {
  // Without the time limit of the page: on a busy machine the search would stop early and offer to go on.
  const list = async (filter: string) => (await store.queries.requestList(RANGE, filter, { budgetMs: Infinity })).rows.map((r) => r.id).sort();
  assert.deepEqual(await list('error:yes'), ['ffffffffffffffff']);
  assert.deepEqual(await list('slow:yes service:cart'), [id(200)]);
  assert.deepEqual(await list('>800ms'), [id(200), id(201)]);
  assert.deepEqual(await list('trace:aabbcc'), [id(200)]);
  assert.deepEqual(await list('protocol:postgres'), [id(202)]);
  assert.deepEqual(await list('connect:>=0'), [id(200)]);
  assert.deepEqual(await list('"DROP TABLE" error:yes'), ['ffffffffffffffff']);
  assert.deepEqual(await list('status:>=500'), ['ffffffffffffffff']);
  assert.equal((await list('-protocol:postgres')).length, records.length - 1);
  const counted = await store.queries.requestList(RANGE, 'service:cart protocol:http');
  assert.equal(counted.matched, 122);
  assert.deepEqual(counted.sampled, { kept: 62, of: 122 });
  assert.equal((await store.queries.requestList(RANGE, 'comm:node')).matched, null);
});
test('a request shows its other end, its calls, its neighbours and what is usual', async () => {
  const detail = (await store.queries.requestDetail(id(200)))!;
  assert.equal(detail.otherEnd?.id, id(201));
  assert.deepEqual(detail.calls.map((r) => r.id), [id(202)]);
  assert.equal(detail.usual?.count, 122);
  const plain = (await store.queries.requestDetail(id(31)))!;
  assert.deepEqual(plain.earlier.map((r) => r.id), [11, 13, 15, 17, 19, 21, 23, 25, 27, 29].map(id));
  assert.deepEqual(plain.later.slice(0, 2).map((r) => r.id), [33, 35].map(id));
  assert.equal((await store.queries.requestDetail(id(201)))?.otherEnd?.id, id(200));
  assert.equal(await store.queries.requestDetail(id(12345)), null);
});
test('the overview counts exactly and names dependencies', async () => {
  const overview = await store.queries.overview(RANGE);
  const cart = overview.services.find((s) => s.service === 'cart')!;
  assert.equal(cart.count, 122);
  assert.deepEqual([cart.errors, cart.slow, cart.protocols], [1, 1, ['http']]);
  assert.ok(Math.abs(cart.p50Ns - 1.2e6) < 0.3e6, String(cart.p50Ns));
  assert.deepEqual(cart.dependencies.map((d) => [d.service, d.protocol, d.count]), [['postgres', 'postgres', 1]]);
  assert.equal(cart.spark.reduce((n, p) => n + p.rate * 10, 0), 122);
  assert.match(overview.sentence, /cart/);
  assert.deepEqual(overview.notes, []);
  assert.match((await store.queries.overview(RANGE, 'comm:node')).notes[0], /comm/);
});
test('the heat map holds every request once, and its errors', async () => {
  const map = await store.queries.heatmap(RANGE, 'service:cart role:server');
  const sum = (grid: number[][]) => grid.flat().reduce((a, b) => a + b, 0);
  assert.equal(sum(map.cells), 122);
  assert.equal(sum(map.errors), 1);
  assert.equal(sum((await store.queries.heatmap(RANGE, 'service:cart role:server >100ms')).cells), 1);
  const fromRows = await store.queries.heatmap(RANGE, 'comm:node service:cart role:server');
  assert.equal(sum(fromRows.cells), 122);
  assert.equal(fromRows.notes.length, 1);
});
test('the service page has series, endpoints, callers and callees', async () => {
  const detail = await store.queries.serviceDetail(RANGE, 'cart');
  assert.deepEqual(detail.callees.map((c) => c.service), ['postgres']);
  assert.deepEqual(detail.callers.map((c) => c.service).sort(), ['nginx', 'web']);
  assert.deepEqual(detail.endpoints.map((e) => e.endpoint).sort(), ['/orders/*', 'select orders *']);
  assert.equal(Math.round(detail.series.reduce((n, p) => n + p.rate * 10, 0)), 122);
});
test('1m and 1h roll-ups hold the same counts as the 10s ones', async () => {
  for (const hours of [1, 30, 3000]) {
    const range = { from: RANGE.from - hours * 3600e3, to: RANGE.to };
    assert.equal((await store.queries.overview(range)).services.find((s) => s.service === 'cart')?.count, 122, `${hours} h`);
  }
});
test('health says where and how much', async () => {
  const health = await store.health();
  assert.equal(health.state, 'ok');
  assert.equal(health.rows, records.length);
  assert.ok(health.bytes > 0 && health.spoolBatches === 0 && health.directory === directory);
});
test('a bad filter says what is wrong and where', async () => {
  await assert.rejects(store.queries.requestList(RANGE, 'service:cart nonsense:1'), { name: 'FilterError', position: 13 });
  await assert.rejects(store.queries.requestList(RANGE, '', { sort: 'nonsense' }), { code: 'store_bad_filter' });
  await assert.rejects(store.queries.requestList(RANGE, '', { cursor: 'nonsense' }), { code: 'store_bad_cursor' });
});
test('a store of another version and a folder that cannot be written are refused with what to do', async () => {
  const other = mkdtempSync(join(tmpdir(), 'kindling-store-'));
  writeFileSync(join(other, 'schema-version'), '0\n');
  await assert.rejects(openStore({ directory: other }), { code: 'store_schema' });
  await assert.rejects(openStore({ directory: join(other, 'schema-version', 'x') }), { code: 'store_unwritable' });
  rmSync(other, { recursive: true });
});
test('a store that the version before wrote is taken over, with what waited in its spool', async () => {
  const other = mkdtempSync(join(tmpdir(), 'kindling-store-'));
  const added = ['unread_ns', 'response_unread_ns'];
  let taken: Store | undefined;
  try {
    const driver = await openChdb({ directory: other });
    for (const statement of schemaStatements(embeddedLayout(driver.database))) await driver.exec(statement);
    // As it was: a view over the tables without the new columns.
    await driver.exec(`DROP VIEW ${driver.database}.to_requests_abnormal`);
    for (const table of ['requests', 'requests_abnormal']) for (const column of added) await driver.exec(`ALTER TABLE ${driver.database}.${table} DROP COLUMN ${column}`);
    await driver.exec(schemaStatements(embeddedLayout(driver.database)).find((sql) => sql.includes('to_requests_abnormal'))!);
    await driver.close();
    writeFileSync(join(other, 'schema-version'), '1\n');
    const old = new Spool({ directory: join(other, 'spool'), maxBytes: 1e9, fsync: 'never' });
    const row = new RowWriter();
    for (const column of REQUEST_COLUMNS) if (!added.includes(column.sql)) writeOf(column.type)(row, column.get(sampleRecord({ id: id(1), start: at(1) })) as never);
    old.append('requests', 1, row.take());

    taken = await openStore({ directory: other });
    const encoder = new RowEncoder();
    encoder.add(sampleRecord({ id: id(2), start: at(2), slow: true, unreadNs: 7e6 }));
    const { rowBinary, rowCount } = encoder.take()!;
    taken.append('requests', rowBinary, rowCount);
    await taken.flush();
    const { rows } = await taken.queries.requestList(RANGE, '', { budgetMs: Infinity });
    assert.deepEqual(rows.map((one) => [one.id, one.unreadNs]), [[id(2), 7e6], [id(1), null]]);
    const slow = await taken.queries.requestList(RANGE, 'slow:yes unread:>1ms', { budgetMs: Infinity });
    assert.deepEqual(slow.rows.map((one) => [one.id, one.unreadNs]), [[id(2), 7e6]], 'in the table of slow ones, too');
    await taken.close();
    taken = await openStore({ directory: other });
  } finally {
    await taken?.close();
    rmSync(other, { recursive: true });
  }
});
