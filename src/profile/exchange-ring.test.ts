import assert from 'node:assert/strict';
import test from 'node:test';
import { sampleRecord } from '../agent/testing/samples.js';
import { ExchangeRing } from './exchange-ring.js';

const idsOf = (found: Iterable<{ record: { id: string } }>): string[] => [...found].map(({ record }) => record.id);

test('what was added is found again as it was, newest first, and the oldest is overwritten unless it may grow', () => {
  const ring = new ExchangeRing();
  for (let n = 0; n < 200; n++) ring.add(sampleRecord({ id: `r${n}` }), n * 10, n * 10 + 5, n < 150);
  assert.deepEqual([ring.length, ring.endNs], [150, 1_995]);
  assert.deepEqual(idsOf(ring.find({})), Array.from({ length: 150 }, (_, i) => `r${199 - i}`));
  const record = sampleRecord({ id: 'last', connectNs: null, unreadNs: 7, sendNs: 0, waitNs: null, responseUnreadNs: 9, error: 'no_response', role: 'client' });
  ring.add(record, 3_000, 3_700, false);
  const [last] = ring.find({});
  assert.deepEqual([last.startNs, last.endNs], [3_000, 3_700]);
  for (const [key, value] of Object.entries(last.record)) assert.deepEqual(value, record[key as keyof typeof record], key);
  assert.equal(Object.keys(last.record).length, 19);
});

test('found by when it began and ended, and by the end it was seen from', () => {
  const ring = new ExchangeRing();
  for (let n = 0; n < 10; n++) ring.add(sampleRecord({ id: `r${n}`, role: n % 2 ? 'client' : 'server' }), n * 10, n * 10 + 15, true);
  assert.deepEqual(idsOf(ring.find({ startedBy: 40, endedFrom: 35 })), ['r4', 'r3', 'r2']);
  assert.deepEqual(idsOf(ring.find({ endedBefore: 35, role: 'server' })), ['r0']);
  assert.deepEqual(idsOf(ring.find({ endedBefore: 36, role: 'server' })), ['r2', 'r0']);
});
