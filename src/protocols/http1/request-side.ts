/** The client's byte stream: heads and bodies of requests, each handed on when its head is complete. */
import type { Exchange, IncompleteReason, ParserContext, Window } from '../protocol.js';
import { LOST, MORE, PAYLOAD_PREFIX, newExchange } from '../protocol.js';
import { LastText } from '../text.js';
import { BROKEN, BY_LENGTH, Body, CHUNKED, NO_BODY, UNKNOWN_END } from './body.js';
import type { CapturePolicy } from './capture-policy.js';
import { findRequest } from './detect.js';
import { Head } from './head.js';
import { HeadScan, MAX_HEAD } from './head-scan.js';
import { methodAt } from './methods.js';
import type { HttpPending } from './http-pending.js';
import { newPending } from './http-pending.js';
import { INCOMPLETE, INVALID, RequestLine, skipEmptyLines } from './start-line.js';

const MAX_TARGET = 1024;
const MAX_FIELD = 256;
const VERSIONS = ['1.0', '1.1', '1.2', '1.3', '1.4', '1.5', '1.6', '1.7', '1.8', '1.9'];

// Filled and read within one call.
const line = new RequestLine();
const head = new Head();

export interface RequestSink {
  requestStarted(pending: HttpPending): void;
  requestEnded(pending: HttpPending): void;
  /** Where requests start and end is unknown from here on. */
  requestsLost(reason: IncompleteReason): void;
}

export class RequestSide {
  private readonly body = new Body();
  private readonly scan = new HeadScan();
  private sending: HttpPending | null = null;
  /** Nothing of the body has come yet, and perhaps nothing will. */
  private bodyOptional = false;
  private readonly target = new LastText();
  private readonly host = new LastText();
  private readonly agent = new LastText();
  private readonly type = new LastText();

  constructor(private readonly context: ParserContext, private readonly policy: CapturePolicy, private readonly sink: RequestSink) {}

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
    return headersAt === INCOMPLETE && line.targetEnd <= line.targetStart ? LOST : this.headCut(window, headersAt === INCOMPLETE);
  }

  private headComplete(window: Window, headEnd: number): number {
    const { buf, start } = window;
    this.scan.reset();
    this.policy.head(headEnd - start);
    if (head.contentLength === -2) return LOST;
    const exchange = this.newRequest(window);
    const pending = this.open(exchange);
    const kind = head.chunked ? CHUNKED : head.contentLength > 0 && !head.transferCoded ? BY_LENGTH : NO_BODY;
    this.body.begin(kind, head.contentLength);
    if (kind === CHUNKED) this.policy.widen();
    let taken = kind === NO_BODY ? 0 : this.body.take(buf, headEnd, window.end, window.missing, headEnd - start >= PAYLOAD_PREFIX && !head.expects);
    if (taken === BROKEN) {
      taken = 0;
      this.broken();
    }
    this.bodyOptional = head.expects && taken === 0;
    const messageEnd = headEnd + taken;
    exchange.requestBytes = messageEnd - start;
    exchange.requestPayload = this.context.copy(buf, start, messageEnd < window.end ? messageEnd : window.end);
    this.sink.requestStarted(pending);
    if (this.body.done) this.ended(window.lastNs, window.lastTid);
    return messageEnd - start;
  }

  /** The rest of the head was not captured, or it is longer than any that is waited for: what is known goes on. */
  private headCut(window: Window, withinLine: boolean): number {
    const { buf, start, end, missing } = window;
    this.scan.reset();
    this.policy.truncated(end - start + missing + 1);
    if (withinLine) head.read(buf, end, end);
    const exchange = this.newRequest(window);
    exchange.incomplete = 'truncated';
    exchange.requestBytes = end - start + missing;
    exchange.requestPayload = this.context.copy(buf, start, end);
    const pending = this.open(exchange);
    pending.requestDone = true;
    this.body.begin(UNKNOWN_END, 0);
    this.sink.requestStarted(pending);
    this.sink.requestsLost('truncated');
    return end - start + missing;
  }

  private newRequest(window: Window): Exchange {
    const { buf, start } = window;
    const exchange = newExchange('http');
    exchange.operation = methodAt(buf, start, line.methodEnd);
    exchange.resource = this.target.read(buf, line.targetStart, line.targetEnd, MAX_TARGET);
    exchange.traceId = head.traceId;
    const attributes: Record<string, string | number> = { 'network.protocol.version': VERSIONS[line.minor] };
    if (head.hostEnd > head.hostStart) attributes['http.request.header.host'] = this.host.read(buf, head.hostStart, head.hostEnd, MAX_FIELD);
    if (head.agentEnd > head.agentStart) attributes['user_agent.original'] = this.agent.read(buf, head.agentStart, head.agentEnd, MAX_FIELD);
    if (head.typeEnd > head.typeStart) attributes['http.request.header.content-type'] = this.type.read(buf, head.typeStart, head.typeEnd, MAX_FIELD);
    exchange.attributes = attributes;
    exchange.startNs = window.firstNs;
    exchange.requestUnreadNs = window.firstUnreadNs;
    exchange.requestEndNs = exchange.endNs = window.lastNs;
    exchange.requestTid = window.lastTid;
    return exchange;
  }

  private open(exchange: Exchange): HttpPending {
    const pending = newPending(exchange);
    pending.headOnly = exchange.operation === 'HEAD';
    pending.tunnel = exchange.operation === 'CONNECT';
    this.sending = pending;
    return pending;
  }

  private goOn(window: Window): number {
    const { buf, start, end, missing } = window;
    if (this.body.kind === UNKNOWN_END) return this.seek(window);
    if (this.bodyOptional && start < end) {
      this.bodyOptional = false;
      if (this.bodyStaysAway(window)) return this.parse(window);
    }
    const exchange = this.sending?.exchange;
    const full = !exchange?.requestPayload || exchange.requestPayload.length >= PAYLOAD_PREFIX;
    const taken = this.body.take(buf, start, end, missing, full);
    if (taken === BROKEN) {
      this.broken();
      return this.seek(window);
    }
    this.grow(window, taken);
    if (this.body.done) this.ended(window.lastNs, window.lastTid);
    return taken;
  }

  /** Answered without "100 Continue", a client may go on with its next request instead of the body (RFC 9110, 10.1.1). */
  private bodyStaysAway(window: Window): boolean {
    const { sending } = this;
    if (!sending?.responseDone || line.read(window.buf, window.start, window.end) === INVALID) return false;
    this.body.end();
    this.ended(sending.exchange?.requestEndNs ?? 0, sending.exchange?.requestTid ?? 0);
    return true;
  }

  /** Adds `taken` bytes to the request under way. */
  private grow(window: Window, taken: number): void {
    const exchange = this.sending?.exchange;
    if (!exchange || taken === 0) return;
    const { buf, start, end } = window;
    exchange.requestBytes += taken;
    exchange.requestEndNs = window.lastNs;
    if (exchange.endNs < window.lastNs) exchange.endNs = window.lastNs;
    if (exchange.requestPayload) exchange.requestPayload = exchange.requestPayload.with(buf, start, Math.min(end, start + taken));
  }

  /** The end is unknown: everything up to the next request line belongs to it. */
  private seek(window: Window): number {
    const { buf, start, end, missing } = window;
    const at = findRequest(buf, start, end);
    const taken = at < 0 ? end - start + missing : at - start;
    this.grow(window, taken);
    if (at >= 0) {
      this.body.end();
      this.sending = null;
    }
    return taken > 0 || at < 0 ? taken : this.parse(window);
  }

  private broken(): void {
    this.body.begin(UNKNOWN_END, 0);
    const { sending } = this;
    if (sending?.exchange && sending.exchange.incomplete === '') sending.exchange.incomplete = 'garbage';
    if (sending) sending.requestDone = true;
    this.sink.requestsLost('garbage');
  }

  private ended(ns: number, tid: number): void {
    const { sending } = this;
    this.sending = null;
    if (!sending) return;
    sending.requestDone = true;
    if (sending.exchange) {
      sending.exchange.requestEndNs = ns;
      sending.exchange.requestTid = tid;
      if (sending.exchange.endNs < ns) sending.exchange.endNs = ns;
    }
    this.sink.requestEnded(sending);
  }

  passed(ns: number, tid: number): void {
    this.body.passed();
    if (this.body.done) this.ended(ns, tid);
  }

  lost(bytes: number, ns: number, reason: IncompleteReason): void {
    const { sending } = this;
    if (sending) {
      if (sending.exchange) {
        if (sending.exchange.incomplete === '') sending.exchange.incomplete = reason;
        sending.exchange.requestBytes += bytes;
      }
      this.ended(ns, sending.exchange?.requestTid ?? 0);
    }
    this.scan.reset();
    this.body.end();
    if (reason === 'truncated') this.policy.truncated(bytes);
    this.sink.requestsLost(reason);
  }
}
