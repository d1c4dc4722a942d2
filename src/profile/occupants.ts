/**
 * Who had the CPU while a thread waited for it. A record names only the last one before it; where that is a thread that was
 * recorded too, its own record says when it came and who was there before, and so on.
 */
import { RecorderLimits } from '../events/layout.generated.js';
import type { SwitchRecord } from './thread-slices.js';

/** Predecessors that are told apart within one wait; what lies before them counts as the last one's. */
const MAX_STEPS = 200;

export class Occupants {
  /** By thread, in the order of `onNs`. */
  readonly #records = new Map<number, SwitchRecord[]>();

  constructor(byThread: ReadonlyMap<number, SwitchRecord[]>) {
    this.#records = new Map(byThread);
  }

  /** Who had the CPU for most of the time from `readyNs` until the record's thread got it. */
  mostly(record: SwitchRecord, readyNs: number): string {
    const spans = new Map<string, number>();
    let current = record;
    let endNs = record.onNs;
    for (let step = 0; endNs > readyNs; step++) {
      const came = step < MAX_STEPS ? this.#lastBefore(current.beforeTid, endNs) : undefined;
      const startNs = Math.max(readyNs, came?.onNs ?? readyNs);
      const name = nameOf(current, record.pid);
      spans.set(name, (spans.get(name) ?? 0) + endNs - startNs);
      if (came === undefined) break;
      current = came;
      endNs = startNs;
    }
    return [...spans].reduce((most, one) => (one[1] > most[1] ? one : most), [nameOf(record, record.pid), 0] as [string, number])[0];
  }

  #lastBefore(tid: number, ns: number): SwitchRecord | undefined {
    const records = this.#records.get(tid);
    if (records === undefined) return undefined;
    let low = 0;
    let high = records.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (records[middle].onNs < ns) low = middle + 1;
      else high = middle;
    }
    return records[low - 1];
  }
}

function nameOf(record: SwitchRecord, pid: number): string {
  if (record.beforePid === RecorderLimits.PID_UNKNOWN) return '';
  if (record.beforePid === 0) return 'an idle CPU that had to wake';
  if (record.beforeIsKernel) return `the kernel${record.beforeName === '' ? '' : ` (${record.beforeName})`}`;
  if (record.beforePid === pid) return `thread ${record.beforeTid} of the same process`;
  return record.beforeName === '' ? `another process (pid ${record.beforePid})` : `${record.beforeName} (pid ${record.beforePid})`;
}
