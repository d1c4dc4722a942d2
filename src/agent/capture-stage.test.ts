import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WallClock } from '../requests/clock.js';
import { Rollups } from '../requests/rollups.js';
import { DetailBudget } from '../store/budget.js';
import { RowEncoder } from '../store/row-encoder.js';
import { sampleRecord } from '../store/testing/sample-record.js';
import { CaptureStage } from './capture-stage.js';

function stage(withStore: boolean): CaptureStage {
  return new CaptureStage(new DetailBudget(Infinity), withStore ? new RowEncoder() : null, new Rollups(), new WallClock(0n));
}

/** How many of `count` requests between two flushes go to the live tail. */
function shown(of: CaptureStage, count: number, change: Parameters<typeof sampleRecord>[0] = {}): number {
  for (let i = 0; i < count; i++) of.add(sampleRecord(change), 0, () => {});
  const { recent, seen } = of.take();
  assert.equal(seen, count);
  return recent.length;
}

test('whoever watches live sees a steady share; while nobody does, few are copied in the long run and a burst is shown whole', () => {
  for (const withStore of [true, false]) {
    const one = stage(withStore);
    assert.equal(shown(one, 50), 50, 'a burst');
    for (let i = 0; i < 20; i++) shown(one, 500);
    const unwatched = shown(one, 500);
    assert.ok(unwatched > 0 && unwatched <= 20, String(unwatched));
    one.setWatched(true);
    assert.equal(shown(one, 500), 60);
    assert.equal(shown(one, 500), 60);
    one.setWatched(false);
    for (let i = 0; i < 20; i++) shown(one, 500);
    assert.equal(shown(one, 500), unwatched);
    for (let i = 0; i < 20; i++) shown(one, 0);
    assert.equal(shown(one, 500), 60, 'after a pause');
  }
});

test('slow and failed ones are shown beside the normal ones, the newest when there are too many', () => {
  const one = stage(true);
  assert.equal(shown(one, 500), 60);
  assert.equal(shown(one, 100, { slow: true }), 100);
  assert.equal(shown(one, 300, { error: 'protocol_error' }), 200);
});

test('payloads are attached to what is stored or shown, and to nothing else', () => {
  for (const withStore of [true, false]) {
    const one = stage(withStore);
    let attached = 0;
    for (let i = 0; i < 500; i++) one.add(sampleRecord({}), 0, () => { attached++; });
    assert.equal(attached, withStore ? 500 : one.take().recent.length);
  }
});
