/**
 * The public line format, outward: what an observer is told, one observation a line, so that a recording outlives the
 * kernel side's layout and can be read. LineReader reads it back. What a line cannot say is left out: processes' ends, and
 * the kernel's own counters of a connection.
 */
import type { ProcessObserver } from './decode.js';
import { IN, type ConnectionClosed, type ConnectionOpened, type ConnectResult, type Direction, type Nanoseconds, type Observer } from './observation.js';

interface Known { fields: Record<string, unknown>; info: ConnectionOpened | null }

export class LineWriter implements Observer, ProcessObserver {
  readonly #connections = new Map<number, Known>();
  readonly #connects = new Map<number, ConnectResult>();
  /** Socket and peer: in the line format each peer of a socket is a connection of its own. */
  readonly #peers = new Map<string, Known>();

  /** @param offsetNs Unix time minus the observations' */
  constructor(private readonly write: (line: string) => void, private readonly offsetNs: () => bigint) {}

  opened(info: ConnectionOpened): void {
    const { id, pid, tid, comm, fd, ts } = info;
    const fields = { pid, comm, fd: Math.max(0, fd | 0), conn: String(id), role: info.role, proto: info.transport, ...ends(info) };
    this.#connections.set(id, { fields, info });
    const connect = this.#connects.get(id);
    this.#connects.delete(id);
    // A connect opens its connection by itself; a socket with many peers is told of by its peers.
    if (connect !== undefined) this.#line('connect', connect.ts, { dur: connect.dur, tid, errno: 0, ...fields });
    else if (!isShared(info)) this.#line('open', ts, { tid, ...fields, ...(info.preexisting ? { joined: true } : {}) });
  }

  connected(result: ConnectResult): void {
    const { id, pid, tid, comm, ts, dur, errno, transport } = result;
    if (errno === 0) this.#connects.set(id, result);
    else this.#line('connect', ts, { dur, pid, tid, comm, conn: String(id), proto: transport, client: result.local, server: result.remote, errno });
  }

  data(
    id: number, direction: Direction, ts: Nanoseconds, duration: Nanoseconds, pid: number, tid: number, position: number, bytes: number,
    buffer: Uint8Array, offset: number, length: number, peer: string | undefined, unreadNs: Nanoseconds,
  ): void {
    const known = peer === undefined ? this.#connection(id, pid) : this.#peer(id, pid, peer, direction);
    // Each peer has positions of its own there: nothing is missing between datagrams.
    const place = peer === undefined ? { position } : {};
    const unread = unreadNs >= 0 ? { unread: unreadNs } : {};
    this.#line('data', ts, { dur: duration, ...unread, ...known.fields, pid, tid, dir: direction === IN ? 'in' : 'out', ...place, bytes, ...payload(buffer, offset, length) });
  }

  shutdown(id: number, by: 'local' | 'remote', ts: Nanoseconds): void {
    const known = this.#connections.get(id);
    if (known !== undefined) this.#line('shutdown', ts, { ...known.fields, by });
  }

  closed({ id, ts, errno, by }: ConnectionClosed): void {
    const known = this.#connections.get(id);
    if (known === undefined) return;
    this.#connections.delete(id);
    this.#line('close', ts, { ...known.fields, errno, by });
  }

  executed(): void { /* the format has no line for it */ }

  exited(): void { /* the format has no line for it */ }

  #connection(id: number, pid: number): Known {
    let known = this.#connections.get(id);
    if (known === undefined) this.#connections.set(id, (known = { fields: { pid, conn: String(id), joined: true }, info: null }));
    return known;
  }

  #peer(id: number, pid: number, peer: string, direction: Direction): Known {
    const key = `${id} ${peer}`;
    let known = this.#peers.get(key);
    if (known === undefined) {
      const { info, fields } = this.#connection(id, pid);
      // Who is asked first is the server: so the reader takes a line without a role.
      const role = info?.role === 'unknown' ? (direction === IN ? 'server' : 'client') : info?.role;
      const both = info === null || role === undefined ? { proto: 'udp' } : ends({ role, local: info.local, remote: peer });
      this.#peers.set(key, (known = { fields: { ...fields, conn: key, ...both }, info }));
    }
    return known;
  }

  #line(type: string, ts: Nanoseconds, fields: Record<string, unknown>): void {
    this.write(JSON.stringify({ type, ts: String(this.offsetNs() + BigInt(Math.round(ts))), ...fields }));
  }
}

/** A datagram socket that is connected to nobody. */
function isShared({ transport, remote }: ConnectionOpened): boolean {
  return transport === 'udp' && /:0$/.test(remote);
}

/** The observed process's end is the server's, or the client's. */
function ends({ role, local, remote }: Pick<ConnectionOpened, 'role' | 'local' | 'remote'>): { client: string; server: string } {
  return role === 'server' ? { client: remote, server: local } : { client: local, server: remote };
}

/** As text where that says the same bytes and can be read. */
function payload(buffer: Uint8Array, offset: number, length: number): { text?: string; base64?: string } {
  if (length === 0) return {};
  const bytes = Buffer.from(buffer.buffer, buffer.byteOffset + offset, length);
  const text = bytes.toString('latin1');
  return /^[\t\r\n\x20-\x7e]*$/.test(text) ? { text } : { base64: bytes.toString('base64') };
}
