import assert from 'node:assert/strict';
import test from 'node:test';
import { EndpointBudget, hourBudget, TokenBucket } from './profile-budget.js';

const SECOND = 1e9;
const PLENTY = new TokenBucket(1e6, 1);

/** Durations that are taken when one comes each second, from second 1 on. */
function taken(budget: EndpointBudget, tookNs: readonly number[], hour = PLENTY, fromSecond = 1): number[] {
  return tookNs.filter((took, i) => budget.spend(took, (fromSecond + i) * SECOND, hour));
}

test('an hour gives what it may and no more, whenever it begins', () => {
  for (const perHour of [1, 5, 100, 2_000]) {
    const hour = hourBudget(perHour);
    const takenAt: number[] = [];
    for (let second = 0; second < 3 * 3_600; second++) {
      // A quiet time now and then, in which what may come at once comes back.
      if (second % 1_700 < 300) continue;
      while (hour.level(second * SECOND) >= 1) {
        hour.take();
        takenAt.push(second);
      }
    }
    let most = 0;
    for (let from = 0; from < 2 * 3_600; from += 60) most = Math.max(most, takenAt.filter((at) => at >= from && at < from + 3_600).length);
    assert.ok(most <= perHour && most >= Math.floor(perHour * 0.9), `${perHour}: ${most}`);
  }
});

test('after its first ones an endpoint has at most one each few seconds', () => {
  const budget = new EndpointBudget({ first: 2, firstBackNs: 1_000 * SECOND, everyNs: 5 * SECOND });
  assert.equal(taken(budget, Array.from({ length: 62 }, () => 100)).length, 2 + 12);
});

test('of those that come one by one the slowest is taken, not the next', () => {
  const budget = new EndpointBudget({ first: 1, firstBackNs: 1_000 * SECOND, everyNs: 5 * SECOND });
  //                     passed over        | its time is over: only one as slow as those before
  const durations = [100, 110, 150, 120, 110, 111, 112, 151, 101];
  assert.deepEqual(taken(budget, durations), [100, 151]);
  // None as slow comes: after twice the time any will do.
  assert.deepEqual(taken(budget, [140, 130, 129, 128, 127, 126, 125, 124, 123, 122], PLENTY, 10), [123]);
});

test('what took twice as long as all before it is taken at once', () => {
  const budget = new EndpointBudget({ first: 1, firstBackNs: 1_000 * SECOND, everyNs: 500 * SECOND });
  assert.deepEqual(taken(budget, [100, 199, 201, 403, 805]), [100, 403]);
});

test('when little is left it is for first ones', () => {
  const hour = new TokenBucket(10, 1e6 * SECOND);
  const greedy = new EndpointBudget({ first: 2, firstBackNs: 1e6 * SECOND, everyNs: SECOND });
  assert.equal(taken(greedy, Array.from({ length: 100 }, () => 100), hour).length, 6);
  const other = new EndpointBudget({ first: 2, firstBackNs: 1e6 * SECOND, everyNs: SECOND });
  assert.equal(taken(other, Array.from({ length: 100 }, () => 100), hour, 101).length, 2);
});
