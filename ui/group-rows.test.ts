import assert from 'node:assert/strict';
import test from 'node:test';
import type { RequestSummary } from '../src/server/api.js';
import { groupRows } from './group-rows.js';

const row = (endpoint: string, durationNs: number, error: RequestSummary['error'], weight = 1): RequestSummary =>
  ({ endpoint, durationNs, error, weight, peerService: 'p', status: '200' }) as RequestSummary;

test('groups count what sampled rows stand for, most time first', () => {
  const groups = groupRows([row('/a', 10, 'none', 5), row('/b', 1_000, 'protocol_error'), row('/a', 30, 'none')], 'endpoint');
  assert.deepEqual(groups.map((group) => [group.value, group.count, group.errors, group.maxNs]), [['/b', 1, 1, 1_000], ['/a', 6, 0, 30]]);
  assert.equal(groups[1].totalNs, 80);
});
