import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LOSSES, lossesOf } from '../errors/losses.js';
import { DURATION_BOUNDS_NS, DURATION_BUCKETS, durationBucket } from '../requests/duration-buckets.js';
import type { RequestRecord } from '../requests/record.js';
import type { RollupRow } from '../requests/rollup.js';
import { EXPORTED_BUCKET, HISTOGRAM_BOUNDS_NS, TRACE_METRIC, entityFamily, topologyFamily } from './definitions.js';
import { formatBound } from './exposition.js';
import { Node } from './labels.js';
import { CAUSE_METRIC } from './causes.js';
import { Metrics } from './metrics.js';
import { SELF_METRICS } from './self.js';
import { statusOf, TRACE_EXPIRY_MS } from './trace-gauge.js';

const MS = 1e6;

function rollup(overrides: Partial<RollupRow> & { durationsMs?: number[] } = {}): RollupRow {
  const { durationsMs = [3], ...rest } = overrides;
  const histogram = new Uint32Array(DURATION_BUCKETS);
  for (const ms of durationsMs) histogram[durationBucket(ms * MS)]++;
  return {
    time: 1, role: 'server', service: 'shop', peerService: '127.0.0.1', container: '', pid: 7, serverAddress: '127.0.0.1:8080', protocol: 'http',
    operation: 'GET', endpoint: '/orders/*', status: '200', error: 'none', slow: false, count: durationsMs.length,
    durationSumNs: durationsMs.reduce((sum, ms) => sum + ms * MS, 0), durationMaxNs: 0, requestBytes: 100, responseBytes: 2000, histogram, kept: 1, ...rest,
  };
}

function record(overrides: Partial<RequestRecord> = {}): RequestRecord {
  return {
    id: '1', connectionId: 1, protocol: 'http', role: 'server', start: '1', durationNs: 900 * MS, connectNs: null, unreadNs: null, responseUnreadNs: null, sendNs: 1, waitNs: 1200 * MS, receiveNs: 5,
    requestBytes: 1, responseBytes: 1, pid: 7, requestTid: 7, responseTid: 7, comm: 'x', client: '127.0.0.1:3', server: '127.0.0.1:8080', service: 'shop',
    peerService: '127.0.0.1', container: '', operation: 'GET', endpoint: '/a', resource: '/a', status: '500', error: 'protocol_error', errorText: '', slow: true,
    traceId: '', complete: true, incompleteReason: '', attributes: {}, requestPayload: null, responsePayload: null, weight: 1, ...overrides,
  };
}

interface Parsed { name: string; labels: Record<string, string>; value: number }

function parse(text: string): Parsed[] {
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#')).map((line) => {
    const match = /^([a-z_0-9]+)(?:\{(.*)\})? (\S+)$/.exec(line);
    assert.ok(match, `not a sample: ${line}`);
    const labels = Object.fromEntries([...(match[2] ?? '').matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map((pair) => [pair[1], pair[2]]));
    return { name: match[1], labels, value: Number(match[3]) };
  });
}

function metrics(options: { podDetail?: boolean; maxSeries?: number; traceRequests?: number; nowMs?: () => number } = {}): Metrics {
  return new Metrics({ podDetail: true, maxSeries: 1000, traceRequests: 10, node: new Node('n1', ['10.0.0.1']), ...options });
}

async function samples(from: Metrics, name: string): Promise<Parsed[]> {
  return parse(await from.text()).filter((sample) => sample.name === name);
}

test('requests of the server side become entity metrics with the labels of 0.9', async () => {
  const m = metrics();
  m.addRollups([rollup(), rollup({ durationsMs: [600], slow: true })]);
  const totals = await samples(m, 'kindling_entity_request_total');
  assert.deepEqual(totals.map((s) => [s.labels.is_slow, s.value]), [['false', 1], ['true', 1]]);
  assert.deepEqual(totals[0].labels, {
    namespace: 'NOT_FOUND_INTERNAL', workload_kind: 'process', workload_name: 'shop', service: 'shop', protocol: 'http', request_content: '/orders/*',
    response_content: '200', node: 'n1', pod: '', container: '', container_id: '', ip: '127.0.0.1', port: '8080', is_slow: 'false',
  });
  assert.equal((await samples(m, 'kindling_entity_request_duration_nanoseconds_total'))[0].value, 603 * MS);
  assert.equal((await samples(m, 'kindling_entity_request_send_bytes_total'))[0].value, 4000);
  assert.equal((await samples(m, 'kindling_entity_request_receive_bytes_total'))[0].value, 200);
  assert.equal((await samples(m, 'kindling_topology_request_total')).length, 0);
});

test('the histogram counts every single request, cumulatively, under the bounds of 0.9', async () => {
  const m = metrics();
  m.addRollups([rollup({ durationsMs: [3, 10, 11, 40_000] }), rollup({ durationsMs: [26] })]);
  const name = 'kindling_entity_request_average_duration_nanoseconds';
  const buckets = Object.fromEntries((await samples(m, `${name}_bucket`)).map((s) => [s.labels.le, s.value]));
  assert.deepEqual([buckets['2.5e+06'], buckets['5e+06'], buckets['1e+07'], buckets['2.5e+07'], buckets['5e+07'], buckets['3e+10'], buckets['+Inf']], [0, 1, 2, 3, 4, 4, 5]);
  assert.equal((await samples(m, `${name}_count`))[0].value, 5);
  assert.equal((await samples(m, `${name}_sum`))[0].value, 40_050 * MS);
});

test('every exported bound is a bound of the roll-ups, so that no count moves to a wrong bucket', () => {
  for (const bound of HISTOGRAM_BOUNDS_NS) assert.ok(DURATION_BOUNDS_NS.includes(bound), String(bound));
  assert.equal(EXPORTED_BUCKET.length, DURATION_BUCKETS);
  assert.deepEqual([1e7, 2.5e7, 1.3e8, 3e10, 250000].map(formatBound), ['1e+07', '2.5e+07', '1.3e+08', '3e+10', '250000']);
});

test('client requests become topology; a server request only when its client is outside', async () => {
  const m = metrics();
  m.addRollups([
    rollup({ role: 'client', peerService: 'redis', serverAddress: '127.0.0.1:6379', protocol: 'redis', endpoint: 'GET', status: '0' }),
    rollup({ role: 'client', peerService: '9.9.9.9:443', serverAddress: '9.9.9.9:443' }),
    rollup({ peerService: '10.0.0.1' }),
    rollup({ peerService: '8.8.8.8' }),
  ]);
  const rows = (await samples(m, 'kindling_topology_request_total')).map(({ labels: l }) =>
    [l.src_namespace, l.src_workload_name, l.src_ip, l.dst_namespace, l.dst_workload_name, l.dst_ip, l.dst_port, l.status_code, l.src_node, l.dst_node]);
  assert.deepEqual(rows, [
    ['NOT_FOUND_INTERNAL', 'shop', '', 'NOT_FOUND_INTERNAL', 'redis', '127.0.0.1', '6379', '0', 'n1', 'n1'],
    ['NOT_FOUND_INTERNAL', 'shop', '', 'NOT_FOUND_EXTERNAL', '', '9.9.9.9', '443', '200', 'n1', ''],
    ['NOT_FOUND_EXTERNAL', '', '8.8.8.8', 'NOT_FOUND_INTERNAL', 'shop', '127.0.0.1', '8080', '200', '', 'n1'],
  ]);
});

test('response content follows the table: redis by word, others by status, unknown protocols have none', async () => {
  const m = metrics();
  m.addRollups([
    rollup({ protocol: 'redis', endpoint: 'GET', status: '1', error: 'protocol_error' }),
    rollup({ protocol: 'redis', endpoint: 'SET', status: '0' }),
    rollup({ protocol: 'mysql', endpoint: 'select orders *', status: '1064', error: 'protocol_error' }),
    rollup({ protocol: 'unknown', endpoint: 'x', status: 'y' }),
  ]);
  const rows = (await samples(m, 'kindling_entity_request_total')).map(({ labels }) => [labels.request_content, labels.response_content]);
  assert.deepEqual(rows, [['GET', 'error'], ['SET', 'noerror'], ['select orders *', '1064'], ['', '']]);
});

test('without pod detail the labels are the workload only', async () => {
  const m = metrics({ podDetail: false });
  m.addRollups([rollup(), rollup({ serverAddress: '127.0.0.1:9' })]);
  const [only, ...others] = await samples(m, 'kindling_entity_request_total');
  assert.equal(others.length, 0);
  assert.deepEqual(Object.keys(only.labels), [...entityFamily(false).histogram.labels, 'is_slow']);
  assert.equal(only.value, 2);
});

test('label sets are bounded; what comes later is counted under ~other and nothing is lost', async () => {
  const m = metrics({ maxSeries: 10 });
  for (let i = 0; i < 500; i++) m.addRollups([rollup({ endpoint: `/e${i}`, service: `s${i % 40}` })]);
  const rows = await samples(m, 'kindling_entity_request_total');
  assert.ok(rows.length <= 13, String(rows.length));
  assert.equal(rows.reduce((sum, row) => sum + row.value, 0), 500);
  assert.ok(rows.some((row) => row.labels.request_content === '~other' && row.labels.protocol === 'http'));
});

test('hostile label values stay inside their quotes', async () => {
  const m = metrics();
  m.addRollups([rollup({ endpoint: 'a"} 1\nevil_metric 2\\' })]);
  const text = await m.text();
  assert.ok(text.includes('request_content="a\\"} 1\\nevil_metric 2\\\\"'));
  assert.doesNotMatch(text, /^evil_metric/m);
});

test('abnormal requests appear as trace gauges with their statuses, bounded, and expire', async () => {
  let now = 0;
  const m = metrics({ traceRequests: 2, nowMs: () => now });
  m.addRequests([record({ slow: false, error: 'none' }), record({ endpoint: '/a' }), record({ endpoint: '/b' }), record({ endpoint: '/c' })]);
  let shown = await samples(m, TRACE_METRIC.name);
  assert.deepEqual(shown.map((s) => s.labels.request_content), ['/b', '/c']);
  const l = shown[0].labels;
  assert.deepEqual(
    [l.is_server, l.request_duration_status, l.request_reqxfer_status, l.request_processing_status, l.response_rspxfer_status, l.status_code],
    ['true', '2', '1', '3', '1', '500'],
  );
  assert.deepEqual(Object.keys(l), [...TRACE_METRIC.labels]);
  now = TRACE_EXPIRY_MS + 1;
  shown = await samples(m, TRACE_METRIC.name);
  assert.deepEqual(shown, []);
});

test('statuses change at the limits of 0.9', () => {
  assert.deepEqual([800, 801, 1499, 1500].map((ms) => statusOf(ms * MS, 800, 1500)), ['1', '2', '2', '3']);
  assert.equal(statusOf(null, 200, 1000), '1');
});

test('the agent reports on itself, losses by reason', async () => {
  const m = new Metrics({
    podDetail: true, maxSeries: 10, traceRequests: 0,
    self: () => ({
      version: '1', startedAtMs: 5000, events: 10, eventBytes: 20, requests: 3, incomplete: 1, connectionsOpen: 1, connectionsTotal: 2, unclassifiedTotal: 7,
      losses: lossesOf({ bytes_unseen: 4 }), cpuSeconds: { main: 0.5, kernel: null }, rssBytes: { agent: 100 }, store: null, liveClients: 0,
      profiling: {
        on: true, memoryBytes: 64, kernelSeconds: null, switches: 9, overwritten: 4, dropped: 1, byReason: { slow: 3 }, passedOver: 2, unwritten: 0, kept: 3, keptBytes: 30, pending: 1,
      },
    }),
  });
  const lost = await samples(m, 'kindling_agent_lost_total');
  assert.deepEqual(lost.map((s) => s.labels.reason), Object.keys(LOSSES), 'every reason has its series from the start');
  assert.deepEqual(lost.filter((s) => s.value !== 0), [{ name: 'kindling_agent_lost_total', labels: { reason: 'bytes_unseen', unit: 'bytes' }, value: 4 }]);
  assert.equal((await samples(m, 'kindling_agent_unclassified_connections_total'))[0].value, 7);
  assert.deepEqual((await samples(m, 'kindling_agent_cpu_seconds_total')).map((s) => s.labels.part), ['main']);
  assert.equal((await samples(m, 'kindling_agent_store_rows')).length, 0);
  assert.deepEqual((await samples(m, 'kindling_agent_profiles_total')).map((s) => [s.labels.reason, s.value]),
    [['slow', 3], ['slower_than_usual', 0], ['failed', 0], ['sampled', 0], ['asked', 0]]);
  assert.deepEqual((await samples(m, 'kindling_agent_recorder_overwritten_total')).map((s) => s.value), [4]);
  assert.deepEqual(await samples(m, 'kindling_agent_recorder_cpu_seconds_total'), [], 'what the kernel does not tell is not there');
});

test('metric names are unique and counters end in _total', () => {
  const definitions = [...Object.values(entityFamily(true)), ...Object.values(topologyFamily(true)), TRACE_METRIC, CAUSE_METRIC, ...SELF_METRICS];
  assert.equal(new Set(definitions.map((d) => d.name)).size, definitions.length);
  for (const d of definitions) assert.equal(d.type === 'counter', d.name.endsWith('_total'), d.name);
});
