import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventsLost, lossesOf } from './losses.js';

test('only what was lost is listed, each with its unit, and bytes are not summed as events', () => {
  const losses = lossesOf({ ring_overwritten: 3, long_vector: 0, payload_fault: 1, bytes_unseen: 5_000, opening_unknown: 2 });
  assert.deepEqual(losses.map(({ reason, count, unit }) => `${count} ${unit} ${reason}`),
    ['3 events ring_overwritten', '1 events payload_fault', '5000 bytes bytes_unseen', '2 connections opening_unknown']);
  assert.equal(eventsLost(losses), 4);
});
