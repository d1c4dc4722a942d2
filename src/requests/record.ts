/** The request: what every part after `requests/` works with (store, export, API, page). Design sections 4 and 9. */
import type { ErrorKind, IncompleteReason } from '../protocols/protocol.js';

export interface RequestRecord {
  /** 16 hex digits, unique per agent. */
  id: string;
  /** Which socket it went over; same number for all requests of one connection. */
  connectionId: number;
  protocol: string;
  role: 'server' | 'client';
  /** Wall clock, nanoseconds since 1970, as a decimal string (exceeds 2^53). */
  start: string;
  /** First byte of the request (at the server's end: when it came, where that is known) to last byte of the response (a failed connect: its duration). */
  durationNs: number;
  /** Stages; a stage that does not exist is null. connect is only on the first request of a connection (client side). */
  connectNs: number | null;
  /** Server side: how long the request lay in the socket before the application read it; the first stage. Null when not known. */
  unreadNs: number | null;
  sendNs: number | null;
  waitNs: number | null;
  receiveNs: number | null;
  /** Client side: how long the response lay in the socket before it was read; the last part of `waitNs`. Null when not known. */
  responseUnreadNs: number | null;
  requestBytes: number;
  responseBytes: number;
  pid: number;
  requestTid: number;
  responseTid: number;
  comm: string;
  /** Address `ip:port`, `[v6]:port` or `unix:path` of the end that opened the connection, and of the one that accepted. */
  client: string;
  server: string;
  /** Name of the traced process's service, and of the other end's (its address when it is not known). */
  service: string;
  peerService: string;
  container: string;
  operation: string;
  /** Clustered, low cardinality: `/orders/*`, `select orders *`, `GET`, `example.com`. */
  endpoint: string;
  /** Raw, after redaction: `/orders/17?x=1`, the statement, the key, the name. */
  resource: string;
  status: string;
  error: ErrorKind;
  errorText: string;
  slow: boolean;
  traceId: string;
  complete: boolean;
  incompleteReason: IncompleteReason;
  attributes: Record<string, string | number>;
  /** Prefix of the bytes, redacted. */
  requestPayload: Uint8Array | null;
  responsePayload: Uint8Array | null;
  /** How many requests this row stands for: 1, or more when normal requests were sampled by the detail budget. */
  weight: number;
}
