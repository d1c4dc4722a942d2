import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { measureOffsetNs, WallClock } from './clock.js';

test('the sum of offset and monotonic time is exact to the nanosecond', () => {
  const offset = fc.bigInt({ min: 0n, max: 4_000_000_000n * 1_000_000_000n });
  fc.assert(fc.property(offset, fc.maxSafeNat(), (offsetNs, monotonic) => {
    assert.equal(new WallClock(offsetNs).unixNs(monotonic), String(offsetNs + BigInt(monotonic)));
  }), { numRuns: 1000 });
});

test('the offset is found to a few microseconds although the wall clock only shows milliseconds', () => {
  const trueOffsetNs = 1_763_871_764_123_456_789n;
  let now = 5_000_000_000;
  const source = { monotonicNs: () => (now += 300), wallMs: () => Number((trueOffsetNs + BigInt((now += 100))) / 1_000_000n) };
  const error = Number(measureOffsetNs(source) - trueOffsetNs);
  assert.ok(Math.abs(error) < 1000, `${error} ns off`);
});

test("the system's clocks agree with the measured offset", () => {
  const clock = new WallClock(measureOffsetNs());
  const unixMs = Number(clock.unixNs(Number(process.hrtime.bigint()))) / 1e6;
  assert.ok(Math.abs(unixMs - Date.now()) < 5);
});
