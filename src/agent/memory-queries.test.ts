import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LossLog } from './loss-log.js';
import { memoryQueries } from './memory-queries.js';
import { RecentRequests } from './recent-requests.js';
import { RecentRollups } from './recent-rollups.js';
import { sampleRecord, sampleRollup } from './testing/samples.js';

const START_S = 1_700_000_000;
const RANGE = { from: START_S * 1000, to: (START_S + 60) * 1000 };

function filled() {
  const requests = new RecentRequests(100);
  const rollups = new RecentRollups();
  requests.add(Array.from({ length: 25 }, (_, i) => sampleRecord({
    id: i.toString(16).padStart(16, '0'), start: String(BigInt(START_S + i) * 1_000_000_000n), durationNs: (i % 5) * 1e6,
    ...(i === 3 ? { status: '500', error: 'protocol_error' as const } : {}),
  })));
  rollups.add([
    sampleRollup({ time: START_S, count: 20 }), sampleRollup({ time: START_S + 10, count: 5, error: 'protocol_error', status: '500' }),
    sampleRollup({ time: START_S + 10, role: 'client', service: 'shop', peerService: 'db', protocol: 'postgres', endpoint: 'select orders *', count: 7, slow: true }),
  ]);
  return memoryQueries(requests, rollups);
}

const query = (more: object) => ({ range: RANGE, filter: '', sort: '-start', limit: 10, cursor: null, ...more });

test('lists are cut into pages that hold every request once, in each order', async () => {
  const queries = filled();
  for (const sort of ['-start', 'start', '-duration', 'duration', '-service']) {
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page = await queries.requests(query({ sort, cursor }));
      seen.push(...page.rows.map((row) => row.id));
      cursor = page.nextCursor;
    } while (cursor !== null);
    assert.equal(new Set(seen).size, 25, sort);
    assert.equal(seen.length, 25, sort);
  }
  const failed = await queries.requests(query({ filter: 'error:yes' }));
  assert.deepEqual(failed.rows.map((row) => row.status), ['500']);
  assert.match(failed.notes.join(), /No history is kept/);
  await assert.rejects(queries.requests(query({ filter: 'bogus:1' })), /no field bogus/);
  await assert.rejects(queries.requests(query({ cursor: 'nonsense' })), /cursor/);
});

test('overview, heat map and service come from the roll-ups', async () => {
  const queries = filled();
  const { services, sentence } = await queries.overview(RANGE, '');
  assert.deepEqual(services.map(({ service, count, errors }) => [service, count, errors]), [['shop', 25, 5]]);
  assert.deepEqual(services[0].dependencies.map((edge) => [edge.service, edge.count]), [['db', 7]]);
  assert.match(sentence, /shop/);
  const map = await queries.heatmap(RANGE, 'protocol:http', 60);
  assert.equal(map.cells.flat().reduce((sum, count) => sum + count, 0), 2);
  const detail = await queries.service('shop', RANGE);
  assert.deepEqual(detail.callees.map((peer) => [peer.service, peer.count]), [['db', 7]]);
  assert.deepEqual(detail.endpoints.map((row) => [row.role, row.count]).sort(), [['client', 7], ['server', 25]]);
});

test('a filter that only rows can answer is left out of the counts, and the answer says so', async () => {
  const { notes, services } = await filled().overview(RANGE, 'resource:/orders/17 protocol:http');
  assert.equal(services[0].count, 25);
  assert.match(notes.join(), /leave out the filter on resource/);
});

test('roll-ups in memory are bounded by age and by number', () => {
  const rollups = new RecentRollups();
  for (let i = 0; i < 300; i++) rollups.add(Array.from({ length: 100 }, () => sampleRollup({ time: START_S + i * 10 })));
  const kept = rollups.between(0, Infinity);
  assert.ok(kept.length <= 20_000);
  assert.ok(kept[0].time >= START_S + 299 * 10 - 900);
});

test('losses are remembered by the time they happened in', () => {
  const log = new LossLog((count) => `${count} lost`);
  for (let second = 0; second < 5_000; second++) log.add(second * 1000, second * 1000 + 999, 1);
  assert.deepEqual(log.notes({ from: 4_990_000, to: 5_000_000 }), ['10 lost']);
  assert.deepEqual(log.notes({ from: 0, to: 10_000_000 }), ['5000 lost']);
  assert.deepEqual(log.notes({ from: 6_000_000, to: 7_000_000 }), []);
});
