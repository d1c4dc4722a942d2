import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Overview, ProfileSummary, RequestSummary } from '../src/server/api.js';
import { distinct, drawPicture } from './summary.js';

const load = { sent: 300, answered: 298, failed: 2, byStatus: { 200: 290, 404: 8 }, unexpected: {} };

const overview: Overview = {
  range: { from: 0, to: 30_000 },
  sentence: '',
  notes: ['3 events lost'],
  services: [
    { service: 'nginx', role: 'server', protocols: ['http'], rate: 150.04, count: 4500, errors: 12, slow: 3, p50Ns: 3.1e6, p95Ns: 42e6, p99Ns: 90e6, spark: [], dependencies: [] },
    { service: 'redis', role: 'server', protocols: ['redis'], rate: 98, count: 2940, errors: 0, slow: 0, p50Ns: 40_000, p95Ns: 300_000, p99Ns: 1e6, spark: [], dependencies: [] },
  ],
};

const request = {
  start: '1700000000000000000', durationNs: 812e6, error: 'none', slow: true, status: '200', role: 'client', service: 'nginx', peerService: 'shop', protocol: 'http', endpoint: '/reports/\x1b[2Jsales',
} as RequestSummary;

test('the picture has a row for each service, with figures aligned, and the latest trouble', () => {
  assert.deepEqual(drawPicture({ pageUrl: 'http://127.0.0.1:9500', load, overview, trouble: [request], why: [] }), [
    'Kindling   http://127.0.0.1:9500   (Ctrl-C ends and removes everything)',
    'load       300 requests sent to the shop   200: 290  404: 8   without answer: 2',
    '',
    'service  protocol  req/s  errors  slow      p50      p95',
    'nginx    http      150.0      12     3  3.10 ms    42 ms',
    'redis    redis      98.0       0     0  0.04 ms  0.30 ms',
    '',
    'latest slow and failed requests',
    '22:13:20  812 ms  slow  200  nginx -> shop  http /reports/ [2Jsales',
    'note: 3 events lost',
  ]);
});

test('without an agent only the load is shown', () => {
  assert.equal(drawPicture({ pageUrl: null, load, overview: null, trouble: [], why: [] }).length, 3);
});

test('a verdict is said once for each endpoint and cause, in lines that fit, without control characters', () => {
  const profile = (endpoint: string, topKind: string, verdict = 'word '.repeat(40)) => ({ service: 'shop', endpoint, topKind, verdict }) as ProfileSummary;
  const why = distinct([profile('/a', 'lock'), profile('/a', 'lock', 'again'), profile('/a', 'peer', 'an\x1b[31mother')]);
  const lines = drawPicture({ pageUrl: null, load, overview: null, trouble: [], why }).slice(3);
  assert.deepEqual([lines[0], lines[1].slice(0, 17), lines.at(-2)], ['why', '  shop: word word', '  shop: an [31mother']);
  assert.ok(lines.every((line) => line.length <= 110));
  assert.equal(lines.length, 5);
});
