/**
 * The public line format, inward: one observation a line, as JSON, to calls on an observer. docs/line-format.md
 * describes it. A line that cannot be used is reported and left out; the lines around it count.
 */
import { parseLine } from './line-fields.js';
import type { Line } from './line-fields.js';
import { IN, OUT } from './observation.js';
import type { ConnectionCounters, Direction, Observer } from './observation.js';

interface Known {
  id: number;
  counters: ConnectionCounters;
}

/** Times below this are exact as they stand. */
const EXACT = 2n ** 53n;
const SECOND = 1_000_000_000n;
const EMPTY = new Uint8Array(0);

export class LineReader {
  #lines = 0;
  #nextId = 1;
  #offsetNs = 0n;
  #started = false;
  readonly #connections = new Map<string, Known>();

  /**
   * @param setOffset told once, before the first observation: what the lines' times are beyond the times passed on
   *                  (Unix nanoseconds do not fit into a double)
   */
  constructor(private readonly observer: Observer, private readonly setOffset: (offsetNs: bigint) => void = () => {}) {}

  /** What is wrong with the line and what to do, or null. Empty lines and comments (`#`, `//`) are passed over. */
  read(text: string): string | null {
    this.#lines++;
    const trimmed = text.trim();
    if (trimmed === '' || trimmed.startsWith('#') || trimmed.startsWith('//')) return null;
    const line = parseLine(trimmed);
    if (typeof line === 'string') return `line ${this.#lines}: ${line}`;
    const ts = this.#time(line.ts);
    if (line.type === 'connect') this.#connect(line, ts);
    else if (line.type === 'data') this.#data(line, ts);
    else if (line.type === 'close') this.#close(line, ts);
    else if (line.type === 'shutdown') this.observer.shutdown(this.#connection(line, ts).id, line.by === 'remote' ? 'remote' : 'local', ts);
    else this.#connection(line, ts);
    return null;
  }

  #time(ts: bigint): number {
    if (!this.#started) {
      this.#started = true;
      if (ts >= EXACT) this.#offsetNs = ts - (ts % SECOND);
      this.setOffset(this.#offsetNs);
    }
    return Number(ts - this.#offsetNs);
  }

  #key(line: Line): string {
    return line.conn === '' ? `${line.pid} ${line.fd}` : `conn ${line.conn}`;
  }

  /** The connection of a line; its first line opens it. */
  #connection(line: Line, ts: number): Known {
    const key = this.#key(line);
    let known = this.#connections.get(key);
    if (known === undefined) this.#connections.set(key, (known = this.#open(line, ts - line.dur)));
    return known;
  }

  #open(line: Line, ts: number): Known {
    const known: Known = { id: this.#nextId++, counters: { bytesIn: 0, bytesOut: 0, callsIn: 0, callsOut: 0 } };
    const { pid, tid, comm, fd, proto: transport, role } = line;
    const [local, remote] = ends(line);
    this.observer.opened({
      id: known.id, pid, tid, comm, fd, transport, role, local, remote, netns: 0, cgroupId: 0, ts, preexisting: line.joined,
    });
    return known;
  }

  #connect(line: Line, ts: number): void {
    const { pid, tid, comm, fd, proto: transport, dur, errno } = line;
    this.observer.connected({
      id: this.#nextId, pid, tid, comm, fd, ts, dur, errno, transport, local: line.client, remote: line.server, netns: 0, cgroupId: 0,
    });
    if (errno !== 0) {
      this.#nextId++;
      return;
    }
    this.#connections.set(this.#key(line), this.#open({ ...line, role: 'client' }, ts));
  }

  #data(line: Line, ts: number): void {
    const { id, counters } = this.#connection(line, ts);
    const payload = line.payload ?? EMPTY;
    const direction: Direction = line.dir === 'in' ? IN : OUT;
    const position = line.position >= 0 ? line.position : direction === IN ? counters.bytesIn : counters.bytesOut;
    if (direction === IN) {
      counters.bytesIn = position + line.bytes;
      counters.callsIn++;
    } else {
      counters.bytesOut = position + line.bytes;
      counters.callsOut++;
    }
    this.observer.data(id, direction, ts, line.dur, line.pid, line.tid, position, line.bytes, payload, 0, payload.length, undefined, line.unread);
  }

  #close(line: Line, ts: number): void {
    const key = this.#key(line);
    const known = this.#connections.get(key);
    if (known === undefined) return;
    this.#connections.delete(key);
    this.observer.closed({ id: known.id, ts, errno: line.errno, by: line.by, counters: known.counters, srttUs: 0, retransmits: 0 });
  }
}

/** The observed process's end and the other. Where no role is stated, who speaks first is the client. */
function ends(line: Line): [string, string] {
  const isServer = line.role === 'server' || (line.role === 'unknown' && line.dir === 'in');
  return isServer ? [line.server, line.client] : [line.client, line.server];
}
