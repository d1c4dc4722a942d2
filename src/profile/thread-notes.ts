/** Which call a wait was in, and where in the program: the notes that a thread's blocked calls left, by thread and time. */
import type { BlockRecord, OperationRecord } from './evidence.js';

interface Interval { offNs: number; ns: number; tid: number }

class ByThread<T extends Interval> {
  readonly #of = new Map<number, T[]>();
  readonly indexes = new Map<T, number>();

  constructor(records: readonly T[]) {
    records.forEach((record, index) => {
      this.indexes.set(record, index);
      const known = this.#of.get(record.tid);
      if (known) known.push(record);
      else this.#of.set(record.tid, [record]);
    });
    for (const list of this.#of.values()) list.sort((a, b) => a.offNs - b.offNs);
  }

  /** The one that was under way when the thread left its CPU at that time. */
  at(tid: number, offNs: number): T | null {
    const list = this.#of.get(tid);
    if (list === undefined) return null;
    let low = 0;
    let high = list.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (list[middle].offNs <= offNs) low = middle + 1;
      else high = middle;
    }
    const last = list[low - 1];
    return last !== undefined && offNs < last.ns ? last : null;
  }
}

export class ThreadNotes {
  readonly #blocks: ByThread<BlockRecord>;
  readonly #operations: ByThread<OperationRecord>;

  constructor(blocks: readonly BlockRecord[] = [], operations: readonly OperationRecord[] = []) {
    this.#blocks = new ByThread(blocks);
    this.#operations = new ByThread(operations);
  }

  operation(tid: number, offNs: number): OperationRecord | null {
    return this.#operations.at(tid, offNs);
  }

  /** Index of the block in the list it came from; undefined when none was noted. */
  block(tid: number, offNs: number): number | undefined {
    const found = this.#blocks.at(tid, offNs);
    return found === null ? undefined : this.#blocks.indexes.get(found);
  }
}
