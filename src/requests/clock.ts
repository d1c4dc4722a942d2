/**
 * Monotonic to wall-clock time. The offset is measured now and then and never per event: reading two clocks for each
 * event would make equal moments differ. Both the kernel's event times and `process.hrtime` are CLOCK_MONOTONIC.
 */
import type { Nanoseconds } from '../events/observation.js';

const SECOND_NS = 1e9;
const MS_NS = 1e6;
const ATTEMPTS = 5;
/** A tick caught this closely needs no second attempt. */
const GOOD_WIDTH_NS = 20_000;
/** Reads per attempt: far more than fit into the millisecond between two ticks. */
const MAX_READS = 100_000;

export interface ClockSource {
  monotonicNs(): Nanoseconds;
  /** Whole milliseconds since 1970. */
  wallMs(): number;
}

export const systemClock: ClockSource = {
  monotonicNs: () => Number(process.hrtime.bigint()),
  wallMs: () => Date.now(),
};

/**
 * Wall minus monotonic time, ns. `Date.now()` only shows milliseconds, so the moment of its tick is caught between two
 * monotonic readings; of five attempts the narrowest counts. Takes about half a millisecond.
 */
export function measureOffsetNs(source: ClockSource = systemClock): bigint {
  let narrowest = Infinity;
  let offset = 0n;
  for (let attempt = 0; attempt < ATTEMPTS && narrowest > GOOD_WIDTH_NS; attempt++) {
    const first = source.wallMs();
    let before = source.monotonicNs();
    let after = before;
    let wall = first;
    for (let reads = 0; wall === first && reads < MAX_READS; reads++) {
      before = after;
      wall = source.wallMs();
      after = source.monotonicNs();
    }
    if (after - before >= narrowest) continue;
    narrowest = after - before;
    offset = BigInt(wall) * 1_000_000n - BigInt(Math.round((before + after) / 2));
  }
  return offset;
}

/** '000' to '999': nine digits come from three look-ups; formatting the number costs several times as much. */
const THREE_DIGITS: readonly string[] = Array.from({ length: 1_000 }, (_, i) => String(i).padStart(3, '0'));

export class WallClock {
  #offsetSeconds = 0;
  #offsetNs = 0;
  #second = -1;
  #secondText = '';

  /** @param offsetNs wall minus monotonic: measured, or the one written in a recording */
  constructor(offsetNs: bigint) {
    this.setOffset(offsetNs);
  }

  /** To be called every few seconds with a new measurement: the wall clock is set and slewed by others. */
  setOffset(offsetNs: bigint): void {
    this.#offsetSeconds = Number(offsetNs / 1_000_000_000n);
    this.#offsetNs = Number(offsetNs % 1_000_000_000n);
  }

  /** Unix nanoseconds as a decimal string. Without BigInt: seconds and the rest are each exact. */
  unixNs(monotonic: Nanoseconds): string {
    let second = Math.floor(monotonic / SECOND_NS);
    let rest = Math.floor(monotonic - second * SECOND_NS) + this.#offsetNs;
    second += this.#offsetSeconds;
    if (rest >= SECOND_NS) {
      rest -= SECOND_NS;
      second++;
    }
    if (second <= 0) return second < 0 ? '0' : String(rest);
    if (second !== this.#second) {
      this.#second = second;
      this.#secondText = String(second);
    }
    const ns = rest | 0;
    const us = (ns / 1_000) | 0;
    const ms = (us / 1_000) | 0;
    return this.#secondText + THREE_DIGITS[ms] + THREE_DIGITS[us - ms * 1_000] + THREE_DIGITS[ns - us * 1_000];
  }

  /** Unix seconds, rounded down. */
  unixSeconds(monotonic: Nanoseconds): number {
    return this.#offsetSeconds + Math.floor((monotonic + this.#offsetNs) / SECOND_NS);
  }

  /** Unix milliseconds, with fraction. */
  unixMs(monotonic: Nanoseconds): number {
    return this.#offsetSeconds * 1e3 + (monotonic + this.#offsetNs) / MS_NS;
  }
}
