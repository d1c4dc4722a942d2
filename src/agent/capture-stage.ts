/** Each finished request: counted, and, as far as the budget goes, kept as a row and shown live. */
import type { Nanoseconds } from '../events/observation.js';
import type { RequestRecord } from '../requests/record.js';
import type { Rollups } from '../requests/rollups.js';
import type { DetailBudget } from '../store/budget.js';
import type { RowEncoder } from '../store/row-encoder.js';

/** Requests shown live between two flushes: more than anyone can read; the rest is in the store. */
export const MAX_RECENT = 200;
/** Of these, so many may be normal ones: each costs the other thread a copy. */
const MAX_RECENT_NORMAL = 60;

export class CaptureStage {
  #recent: RequestRecord[] = [];
  #replaced = 0;
  #seen = 0;

  constructor(private readonly budget: DetailBudget, private readonly encoder: RowEncoder | null, private readonly rollups: Rollups) {}

  add(record: RequestRecord, endNs: Nanoseconds, attach: () => void): void {
    this.#seen++;
    const weight = this.budget.decide(record, endNs);
    this.rollups.add(record, weight > 0);
    if (weight === 0) return;
    record.weight = weight;
    attach();
    this.encoder?.add(record);
    this.#show(record);
  }

  /** What was kept since the last call. */
  take(): { rows: Uint8Array | null; rowCount: number; recent: RequestRecord[]; seen: number } {
    const batch = this.encoder?.take() ?? null;
    const taken = { rows: batch?.rowBinary ?? null, rowCount: batch?.rowCount ?? 0, recent: this.#recent, seen: this.#seen };
    this.#recent = [];
    this.#replaced = 0;
    this.#seen = 0;
    return taken;
  }

  /** All slow and failed ones while there is room; of the normal ones the first. */
  #show(record: RequestRecord): void {
    const abnormal = record.slow || record.error !== 'none';
    if (this.#recent.length < (abnormal ? MAX_RECENT : MAX_RECENT_NORMAL)) this.#recent.push(record);
    else if (abnormal) this.#recent[this.#replaced++ % MAX_RECENT] = record;
  }
}
