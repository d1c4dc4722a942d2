/** Ids of requests: 16 hex digits, unique per agent: 8 of its start second, 8 that count. */
const LOW_BITS = 12;
const LOW = 1 << LOW_BITS;
const HIGH_LIMIT = 2 ** (32 - LOW_BITS);

const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0');

export class RecordIds {
  #low = 0;
  #high = 0;
  #prefix = '';
  /** Formatting a number costs more than a look-up: the last three digits come from a table. */
  readonly #lowTexts: string[] = Array.from({ length: LOW }, (_, i) => hex(i, 3));

  /** @param startSeconds Unix time of the agent's start */
  constructor(private startSeconds: number) {
    this.#renew();
  }

  next(): string {
    if (this.#low === LOW) {
      this.#low = 0;
      // 2^32 requests take days: the seconds that follow the start cannot be another agent's start on this store.
      if (++this.#high === HIGH_LIMIT) {
        this.#high = 0;
        this.startSeconds++;
      }
      this.#renew();
    }
    return this.#prefix + this.#lowTexts[this.#low++];
  }

  #renew(): void {
    this.#prefix = hex(Math.floor(this.startSeconds) % 2 ** 32, 8) + hex(this.#high, 5);
  }
}
