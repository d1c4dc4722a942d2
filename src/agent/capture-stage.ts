/** Each finished request: counted, and, as far as the budget goes, kept as a row and shown live. */
import type { Nanoseconds } from '../events/observation.js';
import type { WallClock } from '../requests/clock.js';
import type { RequestRecord } from '../requests/record.js';
import type { Rollups } from '../requests/rollups.js';
import type { DetailBudget } from '../store/budget.js';
import type { RowEncoder } from '../store/row-encoder.js';

/** Requests shown live between two flushes: more than anyone can read; the rest is in the store. */
export const MAX_RECENT = 200;
/** Of these, so many may be normal ones: each costs both threads a copy, tens of microseconds. */
const MAX_RECENT_NORMAL = 60;
/** While nobody watches live, so many normal ones a flush in the long run: without a store they are what lists show later. */
const UNWATCHED_NORMAL = { withStore: 4, withoutStore: 20 };

export class CaptureStage {
  #recent: RequestRecord[] = [];
  #replaced = 0;
  #seen = 0;
  #watched = false;
  /** Normal ones that may still be shown before the next flush: what quiet flushes left, a burst may use. */
  #normalLeft = MAX_RECENT_NORMAL;

  constructor(private readonly budget: DetailBudget, private readonly encoder: RowEncoder | null, private readonly rollups: Rollups, private readonly clock: WallClock) {}

  add(record: RequestRecord, endNs: Nanoseconds, attach: () => void): void {
    this.#seen++;
    const weight = this.budget.decide(record, endNs);
    this.rollups.add(record, this.clock.unixSeconds(endNs - record.durationNs), weight > 0);
    if (weight === 0) return;
    record.weight = weight;
    const shown = this.#show(record);
    // Payloads are redacted, which costs more than all else: only for those that somebody may look at.
    if (!shown && this.encoder === null) return;
    attach();
    this.encoder?.add(record);
  }

  /** Whether somebody follows the live tail. */
  setWatched(watched: boolean): void {
    this.#watched = watched;
    if (watched) this.#normalLeft = MAX_RECENT_NORMAL;
  }

  /** What was kept since the last call. */
  take(): { rows: Uint8Array | null; rowCount: number; recent: RequestRecord[]; seen: number } {
    const batch = this.encoder?.take() ?? null;
    const taken = { rows: batch?.rowBinary ?? null, rowCount: batch?.rowCount ?? 0, recent: this.#recent, seen: this.#seen };
    this.#recent = [];
    this.#replaced = 0;
    this.#seen = 0;
    const more = this.#watched ? MAX_RECENT_NORMAL : this.encoder === null ? UNWATCHED_NORMAL.withoutStore : UNWATCHED_NORMAL.withStore;
    this.#normalLeft = Math.min(MAX_RECENT_NORMAL, this.#normalLeft + more);
    return taken;
  }

  /** All slow and failed ones while there is room; of the normal ones the first. */
  #show(record: RequestRecord): boolean {
    if (record.slow || record.error !== 'none') {
      if (this.#recent.length < MAX_RECENT) this.#recent.push(record);
      else this.#recent[this.#replaced++ % MAX_RECENT] = record;
      return true;
    }
    if (this.#normalLeft === 0 || this.#recent.length >= MAX_RECENT) return false;
    this.#normalLeft--;
    this.#recent.push(record);
    return true;
  }
}
