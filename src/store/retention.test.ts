import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_KEEP_HOURS, planRetention, type Partition, type RetentionState } from './retention.js';

const NOW = 1_750_000_000;
const HOUR = 3600;

function partitions(table: string, keep: Partition['keep'], count: number, bytes: number): Partition[] {
  return Array.from({ length: count }, (_, i) => ({ table, keep, partition: `${i}`, bytes, maxTime: NOW - (count - 1 - i) * HOUR, newest: i === count - 1 }));
}
const state = (change: Partial<RetentionState>): RetentionState =>
  ({ partitions: [], keepHours: DEFAULT_KEEP_HOURS, diskBudgetBytes: 1e12, freeBytes: 1e12, nowSeconds: NOW, ...change });

test('nothing is dropped while young and within the budget', () => {
  assert.deepEqual(planRetention(state({ partitions: partitions('requests', 'detail', 10, 1e6) })), []);
});
test('partitions older than their table keeps go, the newest stays even then', () => {
  const keepHours = { ...DEFAULT_KEEP_HOURS, detail: 3 };
  const drops = planRetention(state({ partitions: partitions('requests', 'detail', 6, 1e6), keepHours }));
  assert.deepEqual(drops.map((d) => [d.partition, d.reason]), [['0', 'age'], ['1', 'age']]);
  const old = partitions('requests', 'detail', 1, 1e6).map((p) => ({ ...p, maxTime: NOW - 1000 * HOUR }));
  assert.deepEqual(planRetention(state({ partitions: old, keepHours })), []);
});
test('over the disk budget the oldest details go first, then the slow and failed, then roll-ups', () => {
  const all = [...partitions('rollup_10s', 'rollup_10s', 3, 10), ...partitions('requests_abnormal', 'abnormal', 3, 10), ...partitions('requests', 'detail', 3, 10)];
  const plan = (diskBudgetBytes: number) => planRetention(state({ partitions: all, diskBudgetBytes })).map((d) => `${d.table} ${d.partition}`);
  assert.deepEqual(plan(80), ['requests 0']);
  assert.deepEqual(plan(60), ['requests 0', 'requests 1', 'requests_abnormal 0']);
  assert.deepEqual(plan(0), ['requests 0', 'requests 1', 'requests_abnormal 0', 'requests_abnormal 1', 'rollup_10s 0', 'rollup_10s 1']);
});
test('a file system that runs full counts as over the budget', () => {
  const drops = planRetention(state({ partitions: partitions('requests', 'detail', 5, 200e6), freeBytes: 300e6 }));
  assert.deepEqual(drops.map((d) => d.partition), ['0', '1']);
});
