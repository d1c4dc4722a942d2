/**
 * What the kernel side (or a recording, or a line file) tells about connections: the input of the pipeline.
 * Times are nanoseconds of the monotonic clock as doubles (exact to 2^53 ns = 104 days of uptime).
 */

/** Monotonic nanoseconds. */
export type Nanoseconds = number;

/** A time that nobody knows. */
export const UNKNOWN_NS = -1;

export type Transport = 'tcp' | 'udp' | 'unix';
export type Role = 'server' | 'client' | 'unknown';

/** Direction as seen from the observed process. */
export const IN = 0;
export const OUT = 1;
export type Direction = typeof IN | typeof OUT;

export interface ProcessRef {
  pid: number;
  tid: number;
  comm: string;
}

/** One socket of one process, from the moment it was first seen. */
export interface ConnectionOpened extends ProcessRef {
  /** Unique while the agent runs; never reused. Below 2^53. */
  id: number;
  fd: number;
  transport: Transport;
  role: Role;
  /** `ip:port`, `[v6]:port`, or `unix:/path` / `unix:@abstract` / `unix:`. The end of the observed process. */
  local: string;
  remote: string;
  /** Inode number of the network namespace, 0 when unknown. */
  netns: number;
  /** cgroup v2 id, 0 when unknown. */
  cgroupId: number;
  ts: Nanoseconds;
  /** Existed before the agent saw it: byte positions start in mid-stream. */
  preexisting: boolean;
}

/** Sizes of everything that went over a connection, counted in the kernel and exact also when payload was lost. */
export interface ConnectionCounters {
  bytesIn: number;
  bytesOut: number;
  callsIn: number;
  callsOut: number;
}

export interface ConnectionClosed {
  id: number;
  ts: Nanoseconds;
  /** errno of the socket when it ended: 0, ECONNRESET (104), ETIMEDOUT (110), EPIPE... */
  errno: number;
  /** Which end asked first: `local`, `remote`, or `unknown`. */
  by: 'local' | 'remote' | 'unknown';
  counters: ConnectionCounters | null;
  /** Smoothed round-trip time at the end, microseconds; 0 when unknown. */
  srttUs: number;
  retransmits: number;
}

export interface ConnectResult extends ProcessRef {
  id: number;
  fd: number;
  /** When it ended; `ts - dur` is when connect was called. */
  ts: Nanoseconds;
  dur: Nanoseconds;
  /** 0 when it succeeded. */
  errno: number;
  transport: Transport;
  local: string;
  remote: string;
  netns: number;
  cgroupId: number;
}

/** Consumer of observations: `streams/` implements it, kernel drain, replay and line files call it. */
export interface Observer {
  opened(connection: ConnectionOpened): void;
  connected(result: ConnectResult): void;
  /**
   * Bytes that one system call moved.
   * @param position stream position of the first byte (0 = first byte the kernel side counted on this socket)
   * @param bytes    real size; `length` bytes of it were captured at `buffer[offset]` (length <= bytes)
   * @param peer     remote address of a datagram on an unconnected socket, else undefined
   * @param unreadNs how long the first byte had lain in the socket when it was read; UNKNOWN_NS when that is not known
   * The buffer is only valid during the call.
   */
  data(
    id: number, direction: Direction, ts: Nanoseconds, duration: Nanoseconds, pid: number, tid: number,
    position: number, bytes: number, buffer: Uint8Array, offset: number, length: number, peer: string | undefined, unreadNs: Nanoseconds,
  ): void;
  /** The other end (`remote`) or the process itself (`local`) ended its sending direction. */
  shutdown(id: number, by: 'local' | 'remote', ts: Nanoseconds): void;
  closed(event: ConnectionClosed): void;
}
