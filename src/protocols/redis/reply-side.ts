/** The server's byte stream: replies, confirmations of subscriptions, and messages that answer nothing. */
import type { Exchange, IncompleteReason, ParserContext, Window } from '../protocol.js';
import { LOST, PAYLOAD_PREFIX } from '../protocol.js';
import { utf8 } from '../text.js';
import { EXEC } from './commands.js';
import { CONFIRMATION, MESSAGE, NEEDS_MORE, pushKind } from './push.js';
import type { RedisPending } from './redis-pending.js';
import { ARRAY, BROKEN, PUSH, ValueReader, findLineFeed, isType, readLength } from './resp.js';

const ERROR = 0x2d;
const BULK_ERROR = 0x21;
const MAX_ERROR = 256;

export interface ReplySink {
  /** Arrays may be messages of channels. */
  readonly subscribed: boolean;
  /** The next reply is to confirm a subscription or its end. */
  readonly confirming: boolean;
  /** The request whose reply starts, or null when it is not known. */
  replyStarted(ns: number): RedisPending | null;
  /** The request whose reply is next, without starting it. */
  awaited(): RedisPending | null;
  /** @param channels subscriptions left, as a confirmation says; -1 when it does not */
  replyEnded(pending: RedisPending, ns: number, failed: boolean, channels: number): void;
  repliesLost(reason: IncompleteReason, ns: number): void;
}

export class ReplySide {
  private readonly reader = new ValueReader();
  private receiving: RedisPending | null = null;
  /** Something of the value has been taken. */
  private started = false;
  /** The value answers nothing. */
  private aside = false;
  private failed = false;
  /** The end of the reply under way is unknown. */
  private endless = false;

  constructor(private readonly context: ParserContext, private readonly sink: ReplySink) {}

  parse(window: Window): number {
    const { buf, start, end, missing } = window;
    let p = start;
    // Also without captured bytes, when the value under way says how long it is.
    while (p < end || (start === end && missing > 0 && !this.reader.done)) {
      if (this.reader.done && !this.begin(buf, p, end, missing)) return p > start || isType(buf[p]) ? p - start : LOST;
      const payload = this.receiving?.exchange?.responsePayload;
      const beyond = missing > 0 || (payload ? payload.length : 0) + end - p >= PAYLOAD_PREFIX;
      const after = this.reader.take(buf, p, end, beyond);
      if (after === BROKEN) {
        if (p === start) return LOST;
        if (!this.started) this.reader.done = true;
        return p - start;
      }
      if (after === p) break;
      if (!this.started) this.starts(buf[p], window, p === start);
      this.took(buf, p, after, end, window.lastNs);
      if (after > end) return after - start;
      if (this.reader.done) this.ended(buf, start, after, window.lastNs);
      p = after;
    }
    return p - start;
  }

  /** @returns false when no value starts here, or not enough of it is there */
  private begin(buf: Uint8Array, at: number, end: number, missing: number): boolean {
    const type = buf[at];
    if (!isType(type)) return false;
    this.aside = false;
    if (type === PUSH || (type === ARRAY && this.sink.subscribed)) {
      const kind = pushKind(buf, at, end);
      if (kind === NEEDS_MORE && missing === 0) return false;
      this.aside = kind === MESSAGE || (type === PUSH && !(kind === CONFIRMATION && this.sink.confirming));
    }
    this.reader.begin();
    this.started = false;
    this.failed = false;
    this.endless = false;
    return true;
  }

  /** @param first the reply starts where the window does */
  private starts(type: number, window: Window, first: boolean): void {
    const ns = first ? window.firstNs : window.lastNs;
    this.started = true;
    this.receiving = this.aside ? null : this.sink.replyStarted(ns);
    this.failed = type === ERROR || type === BULK_ERROR;
    const exchange = this.receiving?.exchange;
    if (!exchange || exchange.status !== '') return;
    exchange.responseStartNs = ns;
    exchange.responseUnreadNs = first ? window.firstUnreadNs : window.lastUnreadNs;
    exchange.responseTid = first ? window.firstTid : window.lastTid;
    exchange.status = '0';
  }

  /** `buf[from, to)` belongs to the reply under way; what is beyond `end` only counts. */
  private took(buf: Uint8Array, from: number, to: number, end: number, ns: number): void {
    const exchange = this.receiving?.exchange;
    if (!exchange) return;
    const { reader } = this;
    exchange.responseBytes += to - from;
    exchange.endNs = ns;
    const shownTo = to < end ? to : end;
    if (exchange.responsePayload === null) exchange.responsePayload = this.context.copy(buf, from, shownTo);
    else exchange.responsePayload = exchange.responsePayload.with(buf, from, shownTo);
    if (reader.errorEnd > 0) this.noteError(exchange, buf, reader.errorStart, reader.errorEnd < end ? reader.errorEnd : end);
  }

  /** An error is one where it is the reply, and inside EXEC's array; elsewhere (a script's result) it is data. */
  private noteError(exchange: Exchange, buf: Uint8Array, from: number, to: number): void {
    const command = this.receiving?.command;
    if (exchange.error !== 'none' || (!this.failed && !(command && (command.flags & EXEC) !== 0))) return;
    exchange.error = 'protocol_error';
    exchange.status = '1';
    exchange.errorText = utf8(buf, from, to - from > MAX_ERROR ? from + MAX_ERROR : to);
  }

  private ended(buf: Uint8Array, start: number, after: number, ns: number): void {
    const { receiving } = this;
    this.receiving = null;
    this.started = false;
    if (receiving) this.sink.replyEnded(receiving, ns, this.failed, receiving.replies !== 1 || this.sink.subscribed ? countBefore(buf, start, after) : -1);
  }

  passed(ns: number): void {
    this.reader.passed();
    if (this.receiving?.exchange) this.receiving.exchange.endNs = ns;
    if (!this.reader.done) return;
    const { receiving } = this;
    this.receiving = null;
    this.started = false;
    if (receiving) this.sink.replyEnded(receiving, ns, this.failed, -1);
  }

  /** A new request is sent: a reply whose end cannot be seen has ended before. */
  requestStarts(): void {
    if (!this.endless) return;
    this.endless = false;
    const { receiving } = this;
    this.receiving = null;
    if (receiving) this.sink.replyEnded(receiving, receiving.exchange?.endNs ?? 0, true, -1);
  }

  lost(bytes: number, ns: number, reason: IncompleteReason): void {
    if (!this.started || this.aside) this.receiving = this.sink.awaited();
    const pending = this.receiving;
    this.reader.done = true;
    this.started = false;
    this.endless = pending !== null;
    if (pending) {
      pending.responseStarted = true;
      if (pending.exchange) {
        pending.exchange.responseBytes += bytes;
        pending.exchange.endNs = ns;
        pending.exchange.incomplete ||= reason;
      }
    }
    this.sink.repliesLost(reason, ns);
  }

  /** True while a reply is under way in part. */
  get busy(): boolean {
    return this.receiving !== null && !this.endless;
  }

  forget(): void {
    this.receiving = null;
    this.endless = false;
  }

  /** A value may start at the beginning of what one call moved: offset 0, or -1. */
  resync(window: Window): number {
    const { buf, start, end } = window;
    if (start === end || !isType(buf[start])) return -1;
    const lineFeed = findLineFeed(buf, start, Math.min(end, start + PAYLOAD_PREFIX));
    if (lineFeed < 0 || buf[lineFeed - 1] !== 0x0d) return -1;
    const plain = buf[start] === 0x2b || buf[start] === ERROR;
    return plain || readLength(buf, start + 1, lineFeed - 1) !== -2 ? 0 : -1;
  }
}

/** The number that ends a confirmation: `...:3\r\n`. */
function countBefore(buf: Uint8Array, start: number, after: number): number {
  let p = after - 2;
  let scale = 1;
  let count = 0;
  while (--p > start && buf[p] >= 0x30 && buf[p] <= 0x39 && scale < 1e9) {
    count += (buf[p] - 0x30) * scale;
    scale *= 10;
  }
  return buf[p] === 0x3a && scale > 1 ? count : -1;
}
