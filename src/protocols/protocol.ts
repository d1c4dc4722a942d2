/**
 * The contract between `streams/` (a connection's two byte streams, by position) and the protocol folders.
 *
 * A protocol folder is pure: bytes and times in, exchanges out; no I/O, no clock, never throws, never loops, never
 * holds more than its bounds. Adding one touches its folder and `list.ts`.
 */
import { UNKNOWN_NS, type Nanoseconds } from '../events/observation.js';
import type { Payload } from '../streams/payload.js';

/** Bytes a client sends to a server: requests. */
export const REQUEST = 0;
/** Bytes a server sends to a client: responses. */
export const RESPONSE = 1;
export type Side = typeof REQUEST | typeof RESPONSE;

/** `parse` needs more bytes before it can consume anything. */
export const MORE = 0;
/** `parse` cannot make sense of the bytes (garbage, or mid-message): the stream goes to `resync`. */
export const LOST = -1;

/** `detect`: not this protocol. */
export const NO = 0;
/** `detect`: could be, with more bytes. */
export const MAYBE = 1;
/** `detect`: this protocol, and a client sent these bytes. */
export const CLIENT_SENT = 2;
/** `detect`: this protocol, and a server sent these bytes. */
export const SERVER_SENT = 3;
export type Detection = typeof NO | typeof MAYBE | typeof CLIENT_SENT | typeof SERVER_SENT;

/** Bytes kept of each request and response for the page (before redaction). */
export const PAYLOAD_PREFIX = 512;
/** Requests that may wait for their response on one connection; beyond it the oldest is given up as incomplete. */
export const MAX_PENDING = 4096;

/**
 * What a parser sees of one side of a stream: `buf[start, end)`, contiguous. The object and the buffer are reused:
 * keep numbers and copies, never references.
 */
export interface Window {
  buf: Uint8Array;
  start: number;
  end: number;
  /** Bytes that follow `end` on the wire and were not captured (and never will be). 0: more may come. */
  missing: number;
  /** When the byte at `start` passed, how long it had lain in the socket unread (UNKNOWN_NS), and the thread that moved it. */
  firstNs: Nanoseconds;
  firstUnreadNs: Nanoseconds;
  firstTid: number;
  /** When the last byte of the window passed, and the thread that moved it. */
  lastNs: Nanoseconds;
  /** Of the first byte of the call that moved the last. */
  lastUnreadNs: Nanoseconds;
  lastTid: number;
}

export type ErrorKind = 'none' | 'connect_failed' | 'no_response' | 'protocol_error';

/** Why a request is not known in full. */
export type IncompleteReason = '' | 'joined_mid_stream' | 'gap' | 'truncated' | 'garbage' | 'pending_overflow';

/** A request and its response as a protocol sees them. Create with `newExchange` (keeps the shape monomorphic). */
export interface Exchange {
  protocol: string;
  /** http: method; sql: `select`...; redis: command, upper case; dns: `A`, `AAAA`...  */
  operation: string;
  /** Raw object of the operation: http target, SQL statement (cut to 1,024 characters), redis first key, dns name. */
  resource: string;
  /** http `200`; SQL error code, `0` if none; redis `0`/`1`; dns rcode number. '' while unknown. */
  status: string;
  error: ErrorKind;
  /** Text of the error, from the server, cut to 256 characters. */
  errorText: string;
  startNs: Nanoseconds;
  /** How long the first byte of the request, and that of the response, lay in the socket before they were read; UNKNOWN_NS. */
  requestUnreadNs: Nanoseconds;
  responseUnreadNs: Nanoseconds;
  requestEndNs: Nanoseconds;
  /** NaN while there is no response. */
  responseStartNs: Nanoseconds;
  endNs: Nanoseconds;
  requestBytes: number;
  responseBytes: number;
  requestTid: number;
  responseTid: number;
  traceId: string;
  incomplete: IncompleteReason;
  /** Small extra facts by OpenTelemetry name where one exists (`http.request.header.host`, `db.response.rows`), or null. */
  attributes: Record<string, string | number> | null;
  requestPayload: Payload | null;
  responsePayload: Payload | null;
}

export function newExchange(protocol: string): Exchange {
  return {
    protocol, operation: '', resource: '', status: '', error: 'none', errorText: '',
    startNs: 0, requestUnreadNs: UNKNOWN_NS, responseUnreadNs: UNKNOWN_NS, requestEndNs: 0, responseStartNs: NaN, endNs: 0, requestBytes: 0, responseBytes: 0,
    requestTid: 0, responseTid: 0, traceId: '', incomplete: '', attributes: null,
    requestPayload: null, responsePayload: null,
  };
}

/** The first byte of the response stands at the window's start. */
export function responseStarts(exchange: Exchange, window: Window): void {
  exchange.responseStartNs = window.firstNs;
  exchange.responseUnreadNs = window.firstUnreadNs;
}

/** What a parser may ask of its connection. */
export interface ParserContext {
  /** A finished exchange (response complete, or given up). The parser must not touch it afterwards. */
  emit(exchange: Exchange): void;
  /** A copy of `buf[from, to)` cut to PAYLOAD_PREFIX. */
  copy(buf: Uint8Array, from: number, to: number): Payload;
}

/** Why no more bytes come. */
export type EndReason = 'closed' | 'reset' | 'timeout' | 'upgraded' | 'shutdown_of_agent';

/**
 * One connection's parser. Calls come in the order of time over both sides, each side in byte order.
 */
export interface Parser {
  /**
   * Consume from the window. Called again with the rest until it returns MORE or the window is empty.
   * Returns bytes consumed (> 0), MORE or LOST. It may return more than `end - start`: the stream then passes over the
   * following bytes, captured or not (a body of known length), and calls `passed` when the last of them went by.
   * With `window.missing > 0` no byte will ever follow `end` directly: MORE then counts as LOST, so a parser that can
   * use what it has (a message of known length whose head is here) does so and returns the full length.
   */
  parse(side: Side, window: Window): number;
  /** The bytes that `parse` passed over (its return value went beyond the window) have all gone by. */
  passed(side: Side, ns: Nanoseconds, tid: number): void;
  /**
   * Bytes of this side are unknown (`bytes` may be 0 when the parser itself reported LOST): settle or mark
   * what depended on them. `resync` follows.
   */
  lost(side: Side, bytes: number, ns: Nanoseconds, reason: IncompleteReason): void;
  /** Find a message boundary in the window after a loss or a join in mid-stream: its offset from `start`, or -1. */
  resync(side: Side, window: Window): number;
  /** The client (REQUEST) or the server (RESPONSE) will send no more. The other side may go on. */
  halfClosed(side: Side, ns: Nanoseconds): void;
  /** Give up requests sent before `before` without a response: emit them as no_response. */
  expire(before: Nanoseconds, now: Nanoseconds): void;
  /** No more bytes at all: emit what is pending as no_response (or, with shutdown_of_agent, drop it). */
  finish(reason: EndReason, ns: Nanoseconds): void;
  /** How many requests wait for their response. */
  pending(): number;
  /** Bytes of each system call's payload this parser wants captured from now on; the stream tells the kernel when it changes. 0: count only. */
  capture: number;
  /** True once the rest of the connection is opaque (TLS, WebSocket, tunnel): the stream stops feeding. */
  opaque: boolean;
}

export interface Protocol {
  name: string;
  /** Whole datagrams rather than byte streams may carry it (then each call to `parse` sees exactly one). */
  transports: ReadonlyArray<'stream' | 'datagram'>;
  /** Look at the first bytes of one direction. Must be strict: a wrong yes hides the connection from others. */
  detect(buf: Uint8Array, start: number, end: number, transport: 'stream' | 'datagram'): Detection;
  /** @param joined true when the stream's beginning was not seen */
  create(context: ParserContext, transport: 'stream' | 'datagram', joined: boolean): Parser;
}
