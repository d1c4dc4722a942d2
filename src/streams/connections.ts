/** All connections: takes observations, keeps a TracedConnection for each, ends them, expires what is not answered. */
import type { ProcessObserver } from '../events/decode.js';
import {
  type ConnectResult, type ConnectionClosed, type ConnectionOpened, type Direction, type Nanoseconds, type Observer, type Role,
} from '../events/observation.js';
import { PAYLOAD_PREFIX, type Exchange, type Protocol, type Window } from '../protocols/protocol.js';
import { Chunk } from './chunk.js';
import { TracedConnection, type Surroundings } from './connection.js';
import { ExitedProcesses } from './exited-processes.js';
import { heaviest } from './memory-bound.js';
import { Slab } from './slab.js';

export interface ConnectionsOptions {
  protocols: readonly Protocol[];
  /** Requests without a response for so long are given up. */
  noResponseNs: Nanoseconds;
  roleOf(info: ConnectionOpened): Role;
  exchange(connection: TracedConnection, exchange: Exchange): void;
  failedConnect(result: ConnectResult): void;
  setCapture(connectionId: number, bytes: number): void;
  /** No more will come of this connection; told once, after its last exchange. */
  ended?(info: ConnectionOpened, ts: Nanoseconds): void;
  /** false: nobody tells where datagrams came from, so that a socket's peers cannot be told apart. */
  datagramSenders?: boolean;
  /** Processes that came and went. */
  processes?: ProcessObserver;
}

/** Beyond so many the least recently opened one is forgotten. */
const MAX_CONNECTIONS = 200_000;
/** Peers of unconnected datagram sockets: forgotten when they were silent for so long and owe nothing. */
const PEER_IDLE_NS = 10e9;
const MAX_PEERS = 50_000;
/**
 * Sockets whose end the kernel does not tell (a resolver's, one for each look-up) are put aside when they were silent for
 * so long and owe nothing; should one speak again, it goes on where it was.
 */
const SILENT_NS = { udp: 30e9, unix: 300e9 };
const MAX_DORMANT = 50_000;
const ECONNRESET = 104;
/** All that connections may hold together. */
const MAX_HELD_BYTES = 96 * 1024 * 1024;
/** Payload that may come in between two looks at what is held: it can become a hundred times its size. */
const LOOK_EVERY_BYTES = 1024 * 1024;

const EMPTY = new Uint8Array(0);

export class Connections implements Observer, ProcessObserver {
  total = 0;
  /** Data of connections whose opening was lost. */
  withoutOpening = 0;
  /** Bytes of closed connections that the kernel counted and whose events were lost. */
  unseenBytes = 0;
  /** Forgotten because there were too many. */
  evicted = 0;
  /** Requests forgotten because too many waited for their response. */
  shed = 0;
  /** Requests that waited when their connection was judged anew or forgotten. */
  dropped = 0;
  /** Of exited processes, put aside without having been told of their close. */
  unclosed = 0;
  /** Connections given up because no protocol fits: all there ever were. */
  unclassified = 0;
  #unlooked = 0;
  #connections = new Map<number, TracedConnection>();
  /** Of unconnected datagram sockets: socket and peer. */
  #peers = new Map<string, TracedConnection>();
  #dormant = new Map<number, ConnectionOpened>();
  /** Process → its open sockets that are not TCP. */
  #endless = new Map<number, Set<number>>();
  #connectNs = new Map<number, number>();
  #exited = new ExitedProcesses();
  /** Process and descriptor -> connection, of those whose end the kernel does not tell (unix, datagram). */
  #byDescriptor = new Map<string, number>();
  readonly #chunk = new Chunk();
  #surroundings: Surroundings;

  constructor(private readonly options: ConnectionsOptions) {
    const window: Window = { buf: EMPTY, start: 0, end: 0, missing: 0, firstNs: NaN, firstUnreadNs: NaN, firstTid: 0, lastNs: NaN, lastUnreadNs: NaN, lastTid: 0 };
    const slab = new Slab(PAYLOAD_PREFIX);
    this.#surroundings = {
      protocols: options.protocols, window, copy: (buf, from, to) => slab.copy(buf, from, to),
      roleOf: options.roleOf, emit: options.exchange, setCapture: options.setCapture,
      dropped: (pending) => { this.dropped += pending; },
      // Each peer of a datagram socket is judged for itself: they are no connections of their own.
      unclassified: (connection) => { if (this.#connections.get(connection.info.id) === connection) this.unclassified++; },
    };
  }

  opened(info: ConnectionOpened): void {
    this.#endFormer(info);
    this.#add(info);
  }

  connected(result: ConnectResult): void {
    if (result.errno !== 0) {
      this.options.failedConnect(result);
      return;
    }
    if (this.#connectNs.size > MAX_CONNECTIONS) this.#connectNs.clear();
    this.#connectNs.set(result.id, result.dur);
  }

  data(
    id: number, direction: Direction, ts: Nanoseconds, _duration: Nanoseconds, pid: number, tid: number, position: number, bytes: number,
    buffer: Uint8Array, offset: number, length: number, peer: string | undefined, unreadNs: Nanoseconds,
  ): void {
    let connection = this.#connections.get(id);
    if (connection === undefined) {
      const transport = peer === undefined ? 'tcp' : 'udp';
      connection = this.#wake(id, pid) ?? this.#unopened({
        id, pid, tid, comm: '', fd: -1, transport, role: 'unknown', local: '', remote: '', netns: 0, cgroupId: 0, ts, preexisting: true,
      });
    }
    if (peer !== undefined && this.options.datagramSenders !== false) connection = this.#peer(connection, peer, ts);
    connection.holder = pid;
    const chunk = this.#chunk;
    chunk.ns = ts;
    chunk.unreadNs = unreadNs;
    chunk.tid = tid;
    chunk.position = position;
    chunk.bytes = bytes;
    chunk.buffer = buffer;
    chunk.offset = offset;
    chunk.length = length;
    connection.data(direction, chunk);
    if ((this.#unlooked += length) > LOOK_EVERY_BYTES) this.#boundMemory(ts);
  }

  shutdown(id: number, by: 'local' | 'remote', ts: Nanoseconds): void {
    this.#connections.get(id)?.shutdown(by, ts);
  }

  closed(event: ConnectionClosed): void {
    this.#connectNs.delete(event.id);
    this.#dormant.delete(event.id);
    const connection = this.#connections.get(event.id);
    if (connection === undefined) return;
    if (event.counters) this.unseenBytes += connection.unseenBytes(event.counters);
    connection.finish(event.errno === ECONNRESET ? 'reset' : 'closed', event.ts);
    this.#end(connection.info, event.ts);
  }

  executed(pid: number, comm: string, ts: number): void {
    this.options.processes?.executed(pid, comm, ts);
  }

  /**
   * Unix and datagram sockets have no end of their own that the kernel tells: theirs is their process's. One that was
   * inherited (a shell's output) may go on in another process.
   */
  exited(pid: number, ts: number): void {
    for (const id of this.#endless.get(pid) ?? []) {
      const connection = this.#connections.get(id);
      if (connection === undefined) continue;
      connection.finish('closed', ts);
      this.#putAside(connection.info);
      this.options.ended?.(connection.info, ts);
    }
    this.#endless.delete(pid);
    this.#exited.add(pid, ts);
    this.options.processes?.exited(pid, ts);
  }

  /** To be called every few seconds: gives up requests without answer, forgets silent peers. */
  sweep(now: Nanoseconds): void {
    const before = now - this.options.noResponseNs;
    for (const connection of this.#connections.values()) {
      if (connection.pending() > 0) connection.expire(before, now);
      else if (connection.info.transport === 'tcp') this.#endOrphan(connection, now);
      else if (now - connection.lastNs > SILENT_NS[connection.info.transport]) this.#putAside(connection.info);
    }
    for (const [key, connection] of this.#peers) {
      if (connection.pending() > 0) connection.expire(before, now);
      else if (now - connection.lastNs > PEER_IDLE_NS) this.#peers.delete(key);
    }
  }

  /** The agent stops: what is pending is nobody's fault. */
  finish(now: Nanoseconds): void {
    for (const connection of this.#connections.values()) connection.finish('shutdown_of_agent', now);
    this.#connections.clear();
    this.#byDescriptor.clear();
    this.#peers.clear();
    this.#dormant.clear();
    this.#endless.clear();
    this.#exited.clear();
  }

  /** @returns listed: entries of the tables by process and by descriptor */
  stats(): { open: number; unclassified: number; listed: number } {
    let unclassified = 0;
    for (const connection of this.#connections.values()) if (connection.state === 'unknown') unclassified++;
    let listed = this.#byDescriptor.size;
    for (const ofProcess of this.#endless.values()) listed += ofProcess.size;
    return { open: this.#connections.size, unclassified, listed };
  }

  #boundMemory(now: Nanoseconds): void {
    this.#unlooked = 0;
    for (const connections of [this.#connections, this.#peers]) {
      for (const connection of heaviest<TracedConnection>(connections.values(), MAX_HELD_BYTES)) {
        this.shed += connection.pending();
        connection.forget(now);
      }
    }
  }

  #putAside(info: ConnectionOpened): void {
    this.#unlist(info);
    if (this.#dormant.size >= MAX_DORMANT) for (const oldest of this.#dormant.keys()) { this.#dormant.delete(oldest); break; }
    this.#dormant.set(info.id, info);
  }

  #wake(id: number, pid: number): TracedConnection | undefined {
    const info = this.#dormant.get(id);
    if (info === undefined) return undefined;
    this.#dormant.delete(id);
    this.total--;
    return this.#add({ ...info, pid, comm: pid === info.pid ? info.comm : '', preexisting: true });
  }

  #unopened(info: ConnectionOpened): TracedConnection {
    this.withoutOpening++;
    return this.#add(info);
  }

  #add(info: ConnectionOpened): TracedConnection {
    this.total++;
    if (this.#connections.size >= MAX_CONNECTIONS) this.#evict(info.ts);
    const connection = new TracedConnection(info, this.#surroundings);
    connection.connectNs = this.#connectNs.get(info.id) ?? null;
    this.#connectNs.delete(info.id);
    this.#connections.set(info.id, connection);
    if (info.transport !== 'tcp') {
      const ofProcess = this.#endless.get(info.pid);
      if (ofProcess) ofProcess.add(info.id);
      else this.#endless.set(info.pid, new Set([info.id]));
    }
    return connection;
  }

  /** A descriptor that stands for a new socket was closed before: a process that opens one a query must not fill the table. */
  #endFormer({ id, pid, fd, transport, ts }: ConnectionOpened): void {
    const key = `${pid} ${fd}`;
    const former = this.#byDescriptor.get(key);
    const connection = former === undefined ? undefined : this.#connections.get(former);
    if (connection !== undefined) {
      connection.finish('closed', ts);
      this.#end(connection.info, ts);
    }
    if (transport !== 'tcp' && fd >= 0) this.#byDescriptor.set(key, id);
  }

  #end(info: ConnectionOpened, ts: Nanoseconds): void {
    this.#unlist(info);
    this.options.ended?.(info, ts);
  }

  /**
   * The kernel tells the end of TCP itself, but not of a connection that its bounded table had forgotten. Put aside, not
   * ended: another process may have inherited it and be silent.
   */
  #endOrphan(connection: TracedConnection, now: Nanoseconds): void {
    if (!this.#exited.orphaned(connection.holder, connection.lastNs, now)) return;
    this.unclosed++;
    this.#putAside(connection.info);
    this.options.ended?.(connection.info, now);
  }

  #unlist({ id, pid, fd, transport }: ConnectionOpened): void {
    this.#connections.delete(id);
    if (transport === 'tcp') return;
    this.#endless.get(pid)?.delete(id);
    const key = `${pid} ${fd}`;
    if (this.#byDescriptor.get(key) === id) this.#byDescriptor.delete(key);
  }

  #evict(now: Nanoseconds): void {
    for (const connection of this.#connections.values()) {
      this.dropped += connection.pending();
      connection.finish('shutdown_of_agent', now);
      this.#end(connection.info, now);
      this.evicted++;
      return;
    }
  }

  #forgetPeer(): void {
    for (const [key, oldest] of this.#peers) {
      this.dropped += oldest.pending();
      this.#peers.delete(key);
      return;
    }
  }

  #peer(socket: TracedConnection, peer: string, ts: Nanoseconds): TracedConnection {
    const key = `${socket.info.id} ${peer}`;
    let connection = this.#peers.get(key);
    if (connection === undefined) {
      if (this.#peers.size >= MAX_PEERS) this.#forgetPeer();
      connection = new TracedConnection({ ...socket.info, remote: peer, ts }, this.#surroundings);
      this.#peers.set(key, connection);
    }
    return connection;
  }
}
