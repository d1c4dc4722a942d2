/** Names for what threads wait on: from /proc, and from the connections that are being traced. One for each profile: names change. */
import { readFileSync, readlinkSync } from 'node:fs';
import type { LifeRecord } from './evidence.js';
import type { DescriptorPeer } from './open-peers.js';
import type { ProcessWork } from './profile.js';
import type { Surroundings, SwitchRecord } from './thread-slices.js';

export class ProcessObjects implements Surroundings {
  /** `pid fd` → the other end. */
  readonly #peers: ReadonlyMap<string, string>;
  readonly #names = new Map<number, string>();

  /** Last names of threads whose end was recorded: /proc does not know them any more, or knows another by that number. */
  readonly #ended = new Map<number, string>();
  /** As they were last called: when a thread executes a program, the others are gone without an end, and it has the first one's number. */
  readonly #called = new Map<number, string>();

  /** @param seen names that others' records tell of threads of which no life is recorded */
  constructor(peers: readonly DescriptorPeer[], lives: readonly LifeRecord[] = [], private readonly seen: SeenNames = NOTHING_SEEN) {
    this.#peers = new Map(peers.map(({ pid, fd, remote }) => [`${pid} ${fd}`, remote]));
    for (const life of lives) {
      this.#called.set(life.tid, life.name);
      if (life.what === 'ended') this.#ended.set(life.tid, life.name);
      else if (life.what === 'started') this.#ended.delete(life.tid);
    }
  }

  threadName(pid: number, tid: number): string {
    let name = this.#names.get(tid);
    if (name === undefined) this.#names.set(tid, name = this.#ended.get(tid) ?? readText(`/proc/${pid}/task/${tid}/comm`)?.trim() ?? this.#called.get(tid) ?? this.seen.get(pid, tid) ?? 'ended thread');
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

export interface SeenNames { get(pid: number, tid: number): string | undefined }

const NOTHING_SEEN: SeenNames = { get: () => undefined };

/** Who had the CPU before somebody else is in that one's record by name; a thread that never was is called like its program. */
export function seenNames(switches: readonly SwitchRecord[], processes: readonly ProcessWork[]): SeenNames {
  const threads = new Map<number, string>();
  for (const { beforeTid, beforeName } of switches) if (beforeName !== '') threads.set(beforeTid, beforeName);
  const programs = new Map(processes.map(({ pid, name }) => [pid, name]));
  return { get: (pid, tid) => threads.get(tid) ?? programs.get(pid) };
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
