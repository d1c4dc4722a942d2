/** Names for what threads wait on: from /proc, and from the connections that are being traced. */
import { readFileSync, readlinkSync } from 'node:fs';
import type { ConnectionOpened } from '../events/observation.js';
import type { Surroundings } from './thread-slices.js';

const MAX_DESCRIPTORS = 50_000;

export class ProcessObjects implements Surroundings {
  /** `pid fd` → the other end. Newest opening of that descriptor. */
  #peers = new Map<string, string>();
  #names = new Map<number, string>();

  opened(info: ConnectionOpened): void {
    if (this.#peers.size >= MAX_DESCRIPTORS) this.#peers.clear();
    this.#peers.set(`${info.pid} ${info.fd}`, info.remote);
  }

  /** Names may change; they are asked for anew for each profile. */
  forgetNames(): void {
    this.#names.clear();
  }

  threadName(pid: number, tid: number): string {
    let name = this.#names.get(tid);
    if (name === undefined) this.#names.set(tid, name = readText(`/proc/${pid}/task/${tid}/comm`)?.trim() ?? 'ended thread');
    return name;
  }

  descriptor(pid: number, fd: number): { kind: 'network' | 'file' | 'other'; name: string } {
    const peer = this.#peers.get(`${pid} ${fd}`);
    if (peer !== undefined) return { kind: 'network', name: peer };
    const target = readLink(`/proc/${pid}/fd/${fd}`);
    if (target === null) return { kind: 'other', name: `descriptor ${fd}` };
    if (target.startsWith('socket:')) return { kind: 'network', name: 'a socket' };
    if (target.startsWith('/')) return { kind: 'file', name: target };
    return { kind: 'other', name: target };
  }
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null; // it ended
  }
}

function readLink(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch {
    return null; // closed, or its process ended
  }
}
