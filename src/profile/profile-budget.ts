/**
 * How many profiles the machine and the disk can take: of all endpoints in any hour, and of each one. A flood at one endpoint, or
 * one that always fails, costs no other its first profiles.
 */

/** Tokens that come back one by one, never more than `size`. Full to begin with. */
export class TokenBucket {
  #tokens: number;
  #refilledNs = NaN;

  constructor(readonly size: number, private readonly everyNs: number) {
    this.#tokens = size;
  }

  level(nowNs: number): number {
    if (Number.isNaN(this.#refilledNs)) this.#refilledNs = nowNs;
    const refilled = Math.max(0, Math.floor((nowNs - this.#refilledNs) / this.everyNs));
    this.#tokens = Math.min(this.size, this.#tokens + refilled);
    this.#refilledNs += refilled * this.everyNs;
    return this.#tokens;
  }

  /** One token less, as far as there is one. Call `level` before. */
  take(): void {
    this.#tokens = Math.max(0, this.#tokens - 1);
  }
}

/** Share of an hour's profiles that may come at once; the others come evenly. */
const AT_ONCE = 0.1;
const HOUR_NS = 3_600e9;

/** Of all endpoints: never more than so many in any hour, and never none for long. */
export function hourBudget(perHour: number): TokenBucket {
  const atOnce = Math.max(1, Math.floor(perHour * AT_ONCE));
  return new TokenBucket(atOnce, HOUR_NS / Math.max(1, perHour - atOnce));
}

/** What one endpoint may take. */
export interface Ration {
  /** Its first ones, whatever else goes on; each of them comes back after `firstBackNs`. */
  first: number;
  firstBackNs: number;
  /** After them at most one in so long, as long as half of what may come at once is left for others' first ones. */
  everyNs: number;
}

/** One endpoint's, for requests that are profiled for the same reason. */
export class EndpointBudget {
  readonly #first: TokenBucket;
  #takenNs = -Infinity;
  /** Longest so far. */
  #longestNs = 0;
  /** Longest of those that were passed over since one was taken. */
  #passedNs = 0;

  constructor(private readonly ration: Ration) {
    this.#first = new TokenBucket(ration.first, ration.firstBackNs);
  }

  /** Whether a request that took so long gets a profile. Takes what it costs. */
  spend(tookNs: number, nowNs: number, hour: TokenBucket): boolean {
    const left = hour.level(nowNs);
    const outstanding = tookNs > this.#longestNs * 2;
    this.#longestNs = Math.max(this.#longestNs, tookNs);
    const first = this.#first.level(nowNs) >= 1;
    if (left < 1 || !(first || outstanding || this.#mayTakeAnother(tookNs, nowNs, left >= hour.size / 2))) {
      this.#passedNs = Math.max(this.#passedNs, tookNs);
      return false;
    }
    if (first) this.#first.take();
    hour.take();
    this.#takenNs = nowNs;
    this.#passedNs = 0;
    return true;
  }

  /** The slowest, not the next: one that is faster than those just passed over waits twice as long. */
  #mayTakeAnother(tookNs: number, nowNs: number, plenty: boolean): boolean {
    const sinceNs = nowNs - this.#takenNs;
    return plenty && sinceNs >= this.ration.everyNs * (tookNs >= this.#passedNs ? 1 : 2);
  }
}
