/** The server's byte stream: status lines, heads and bodies of responses. */
import type { Exchange, IncompleteReason, ParserContext, Window } from '../protocol.js';
import { LOST, MORE, PAYLOAD_PREFIX, responseStarts } from '../protocol.js';
import { LastText } from '../text.js';
import type { BodyKind } from './body.js';
import { BROKEN, BY_LENGTH, Body, CHUNKED, NO_BODY, UNKNOWN_END, UNTIL_CLOSE } from './body.js';
import type { CapturePolicy } from './capture-policy.js';
import { findResponse } from './detect.js';
import { Head } from './head.js';
import { HeadScan, MAX_HEAD } from './head-scan.js';
import type { HttpPending } from './http-pending.js';
import { INCOMPLETE, INVALID, StatusLine, skipEmptyLines } from './start-line.js';

const MAX_FIELD = 256;
const statusTexts: string[] = [];

// Filled and read within one call.
const line = new StatusLine();
const head = new Head();

export interface ResponseSink {
  /** The request that a final response answers; null when it is not known, then its body's end is not either. */
  responseStarted(ns: number): HttpPending | null;
  /** The request whose response is next, without starting it. */
  awaited(): HttpPending | null;
  responseEnded(pending: HttpPending, ns: number): void;
  responsesLost(reason: IncompleteReason, ns: number): void;
  /** After a 101, or a 2xx to CONNECT, the connection carries something else. */
  switched(): void;
}

export class ResponseSide {
  private readonly body = new Body();
  private readonly scan = new HeadScan();
  private receiving: HttpPending | null = null;
  private readonly type = new LastText();
  private readonly reason = new LastText();

  constructor(private readonly context: ParserContext, private readonly policy: CapturePolicy, private readonly sink: ResponseSink) {}

  parse(window: Window): number {
    if (!this.body.done) return this.goOn(window);
    const { buf, start, end } = window;
    if (start === end) return MORE;
    const empty = skipEmptyLines(buf, start, end) - start;
    if (empty > 0) return empty;
    if (this.scan.stillOpen(buf, start, end) && window.missing === 0) return MORE;
    const headersAt = line.read(buf, start, end);
    if (headersAt === INVALID) return LOST;
    const headEnd = headersAt === INCOMPLETE ? -1 : head.read(buf, headersAt, end);
    if (headEnd >= 0) return this.headComplete(window, headEnd);
    if (window.missing === 0 && end - start < MAX_HEAD) return this.scan.remember(end - start);
    return end - start < 12 ? LOST : this.headCut(window, headersAt === INCOMPLETE);
  }

  private headComplete(window: Window, headEnd: number): number {
    const { buf, start } = window;
    this.scan.reset();
    this.policy.head(headEnd - start);
    if (head.contentLength === -2) return LOST;
    if (line.status < 200 && line.status !== 101) return this.interim(window, headEnd);
    const pending = this.receiving = this.sink.responseStarted(window.firstNs);
    if (!pending) {
      this.body.begin(UNKNOWN_END, 0);
      return headEnd - start;
    }
    const switches = line.status === 101 || (pending.tunnel && line.status < 300);
    const kind = switches ? NO_BODY : bodyKind(pending.headOnly);
    this.body.begin(kind, head.contentLength);
    if (kind === CHUNKED) this.policy.widen();
    let taken = kind === NO_BODY ? 0 : this.body.take(buf, headEnd, window.end, window.missing, headEnd - start >= PAYLOAD_PREFIX);
    if (taken === BROKEN) {
      taken = 0;
      this.broken(window.lastNs);
    }
    const messageEnd = headEnd + taken;
    if (pending.exchange) this.describe(pending.exchange, window, messageEnd);
    if (switches) this.sink.switched();
    if (this.body.done) this.ended(window.lastNs);
    return messageEnd - start;
  }

  private interim(window: Window, headEnd: number): number {
    const exchange = this.sink.awaited()?.exchange;
    if (exchange) exchange.responseBytes += headEnd - window.start;
    return headEnd - window.start;
  }

  private headCut(window: Window, withinLine: boolean): number {
    const { buf, start, end, missing } = window;
    this.scan.reset();
    this.policy.truncated(end - start + missing + 1);
    if (withinLine) head.read(buf, end, end);
    const pending = this.receiving = this.sink.responseStarted(window.firstNs);
    this.body.begin(UNKNOWN_END, 0);
    if (pending?.exchange) {
      if (pending.exchange.incomplete === '') pending.exchange.incomplete = 'truncated';
      this.describe(pending.exchange, window, end + missing);
    }
    this.sink.responsesLost('truncated', window.lastNs);
    return end - start + missing;
  }

  private describe(exchange: Exchange, window: Window, messageEnd: number): void {
    const { buf, start, end } = window;
    const { status } = line;
    exchange.status = statusTexts[status] ??= String(status);
    if (status >= 400) {
      exchange.error = 'protocol_error';
      exchange.errorText = this.reason.read(buf, line.reasonStart, line.reasonEnd, MAX_FIELD);
    }
    if (head.typeEnd > head.typeStart && exchange.attributes) {
      exchange.attributes['http.response.header.content-type'] = this.type.read(buf, head.typeStart, head.typeEnd, MAX_FIELD);
    }
    responseStarts(exchange, window);
    exchange.endNs = window.lastNs;
    exchange.responseTid = window.firstTid;
    exchange.responseBytes += messageEnd - start;
    exchange.responsePayload = this.context.copy(buf, start, messageEnd < end ? messageEnd : end);
  }

  private goOn(window: Window): number {
    const { buf, start, end, missing } = window;
    if (this.body.kind === UNKNOWN_END) return this.seek(window);
    const exchange = this.receiving?.exchange;
    const full = !exchange?.responsePayload || exchange.responsePayload.length >= PAYLOAD_PREFIX;
    const taken = this.body.take(buf, start, end, missing, full);
    if (taken === BROKEN) {
      this.broken(window.lastNs);
      return this.seek(window);
    }
    this.grow(window, taken);
    if (this.body.done) this.ended(window.lastNs);
    return taken;
  }

  private grow(window: Window, taken: number): void {
    const exchange = this.receiving?.exchange;
    if (!exchange || taken === 0) return;
    const { buf, start, end } = window;
    exchange.responseBytes += taken;
    exchange.endNs = window.lastNs;
    if (exchange.responsePayload) exchange.responsePayload = exchange.responsePayload.with(buf, start, Math.min(end, start + taken));
  }

  /** The end is unknown: everything up to the next status line belongs to it. */
  private seek(window: Window): number {
    const { buf, start, end, missing } = window;
    const at = findResponse(buf, start, end);
    const taken = at < 0 ? end - start + missing : at - start;
    this.grow(window, taken);
    if (at >= 0) {
      // Without a status so far, this is the head of the very response that was lost in part.
      if (this.receiving?.exchange?.status === '') this.forget();
      this.endNow();
    }
    return taken > 0 || at < 0 ? taken : this.parse(window);
  }

  private broken(ns: number): void {
    this.body.begin(UNKNOWN_END, 0);
    const exchange = this.receiving?.exchange;
    if (exchange && exchange.incomplete === '') exchange.incomplete = 'garbage';
    this.sink.responsesLost('garbage', ns);
  }

  private ended(ns: number): void {
    const { receiving } = this;
    this.receiving = null;
    if (!receiving) return;
    if (receiving.exchange) receiving.exchange.endNs = ns;
    this.sink.responseEnded(receiving, ns);
  }

  /** A new request is sent: a response whose end cannot be seen has ended before, at its last byte. */
  requestStarts(): void {
    if (this.receiving && (this.body.kind === UNKNOWN_END || this.body.kind === UNTIL_CLOSE)) {
      const unknown = this.body.kind === UNKNOWN_END;
      this.endNow();
      // What still comes of it, if anything, is passed over.
      if (unknown) this.body.begin(UNKNOWN_END, 0);
    }
  }

  /** The server sends no more. @returns true when that is how the response under way ends */
  closed(orderly: boolean): boolean {
    if (!this.receiving) return true;
    const { kind } = this.body;
    if (kind !== UNKNOWN_END && !(kind === UNTIL_CLOSE && orderly)) return false;
    this.endNow();
    return true;
  }

  /** The response under way turns out to belong to `pending`. */
  replace(orphan: HttpPending, pending: HttpPending): void {
    if (this.receiving === orphan) this.receiving = pending;
  }

  /** What is under way concerns nobody any more. */
  forget(): void {
    this.receiving = null;
  }

  private endNow(): void {
    this.body.end();
    this.ended(this.receiving?.exchange?.endNs ?? 0);
  }

  passed(ns: number): void {
    const { receiving } = this;
    this.body.passed();
    if (receiving?.exchange && ns > receiving.exchange.endNs) receiving.exchange.endNs = ns;
    if (this.body.done) this.ended(ns);
  }

  lost(bytes: number, ns: number, reason: IncompleteReason): void {
    this.receiving ??= this.sink.awaited();
    if (this.receiving) this.receiving.responseStarted = true;
    const exchange = this.receiving?.exchange;
    if (exchange) {
      exchange.responseBytes += bytes;
      exchange.endNs = ns;
    }
    // A body that lasts until the connection ends goes on behind the gap.
    if (this.body.kind === UNTIL_CLOSE) return;
    if (exchange && exchange.incomplete === '') exchange.incomplete = reason;
    this.scan.reset();
    this.body.begin(UNKNOWN_END, 0);
    if (reason === 'truncated') this.policy.truncated(bytes);
    this.sink.responsesLost(reason, ns);
  }

  resync(window: Window): number {
    if (this.body.kind === UNTIL_CLOSE) return 0;
    const at = findResponse(window.buf, window.start, window.end);
    return at < 0 ? -1 : at - window.start;
  }
}

function bodyKind(headOnly: boolean): BodyKind {
  if (headOnly || line.status === 204 || line.status === 304) return NO_BODY;
  if (head.chunked) return CHUNKED;
  if (head.transferCoded || head.contentLength < 0) return UNTIL_CLOSE;
  return head.contentLength > 0 ? BY_LENGTH : NO_BODY;
}
