/** The last requests of each process: what was going on in it while one of them was slow. */
import type { RequestRecord } from '../requests/record.js';
import type { CallRef } from './profile.js';

interface Entry {
  record: RequestRecord;
  startNs: number;
  endNs: number;
}

const PER_PROCESS = 4_096;
const PROCESSES = 256;

export class RecentExchanges {
  #byProcess = new Map<number, { entries: Entry[]; next: number }>();

  add(record: RequestRecord, startNs: number, endNs: number): void {
    let ring = this.#byProcess.get(record.pid);
    if (ring === undefined) {
      if (this.#byProcess.size >= PROCESSES) for (const oldest of this.#byProcess.keys()) { this.#byProcess.delete(oldest); break; }
      this.#byProcess.set(record.pid, ring = { entries: [], next: 0 });
    }
    ring.entries[ring.next] = { record, startNs, endNs };
    ring.next = (ring.next + 1) % PER_PROCESS;
  }

  /** Requests of the process on that side that overlap the time, oldest first; times relative to `originNs`. */
  overlapping(pid: number, role: 'server' | 'client', fromNs: number, toNs: number, originNs: number, exceptId = ''): CallRef[] {
    const found: CallRef[] = [];
    for (const { record, startNs, endNs } of this.#byProcess.get(pid)?.entries ?? []) {
      if (record.role !== role || record.id === exceptId || endNs < fromNs || startNs > toNs) continue;
      found.push({
        id: record.id, service: role === 'client' ? record.peerService : record.service, protocol: record.protocol,
        endpoint: record.endpoint, startNs: startNs - originNs, endNs: endNs - originNs, tid: record.requestTid,
      });
    }
    return found.sort((a, b) => a.startNs - b.startNs);
  }
}
