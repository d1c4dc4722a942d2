/** The other ends of the connections that each process has open, by descriptor: as far as their openings were seen. */
import type { ConnectionOpened } from '../events/observation.js';

export interface DescriptorPeer { pid: number; fd: number; remote: string }

const PROCESSES = 512;
const PER_PROCESS = 4_096;

export class OpenPeers {
  /** Process → descriptor → the other end. Newest opening of that descriptor. */
  readonly #byProcess = new Map<number, Map<number, string>>();

  opened(info: ConnectionOpened): void {
    let peers = this.#byProcess.get(info.pid);
    if (peers === undefined) {
      if (this.#byProcess.size >= PROCESSES) for (const oldest of this.#byProcess.keys()) { this.#byProcess.delete(oldest); break; }
      this.#byProcess.set(info.pid, peers = new Map<number, string>());
    }
    if (peers.size >= PER_PROCESS && !peers.has(info.fd)) for (const oldest of peers.keys()) { peers.delete(oldest); break; }
    peers.set(info.fd, info.remote);
  }

  of(pids: readonly number[]): DescriptorPeer[] {
    return pids.flatMap((pid) => [...this.#byProcess.get(pid) ?? []].map(([fd, remote]) => ({ pid, fd, remote })));
  }
}
