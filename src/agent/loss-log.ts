/** When how much was lost, to the second: an answer about some time says what it lacks. */
import type { TimeRange } from '../server/api.js';

/** Seconds with losses that are remembered one by one. */
const MAX_ENTRIES = 3_600;

export class LossLog {
  private readonly entries: Array<{ fromMs: number; toMs: number; count: number }> = [];

  /** @param text what to say about so many */
  constructor(private readonly text: (count: number) => string) {}

  add(fromMs: number, toMs: number, count: number): void {
    if (count <= 0) return;
    this.entries.push({ fromMs, toMs, count });
    if (this.entries.length <= MAX_ENTRIES) return;
    // The oldest two become one, longer and less exact.
    const [first, second] = this.entries.splice(0, 2);
    this.entries.unshift({ fromMs: first.fromMs, toMs: second.toMs, count: first.count + second.count });
  }

  notes({ from, to }: TimeRange): string[] {
    const count = this.entries.reduce((sum, entry) => sum + (entry.toMs >= from && entry.fromMs <= to ? entry.count : 0), 0);
    return count === 0 ? [] : [this.text(count)];
  }
}
