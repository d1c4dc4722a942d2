/** The newest requests in memory: answers for what the store does not have yet, or when there is none. */
import type { RequestRecord } from '../requests/record.js';

export class RecentRequests {
  /** Insertion order is age. */
  private readonly byId = new Map<string, RequestRecord>();

  constructor(private readonly capacity: number) {}

  add(records: readonly RequestRecord[]): void {
    for (const record of records) this.byId.set(record.id, record);
    let excess = this.byId.size - this.capacity;
    for (const id of this.byId.keys()) {
      if (excess-- <= 0) break;
      this.byId.delete(id);
    }
  }

  get(id: string): RequestRecord | null {
    return this.byId.get(id) ?? null;
  }

  /** Oldest first. */
  all(): IterableIterator<RequestRecord> {
    return this.byId.values();
  }

  get size(): number {
    return this.byId.size;
  }
}
