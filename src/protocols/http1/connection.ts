/** One HTTP/1 connection: its two sides, joined by the order of requests. */
import type { TurnsToSettle } from '../pairing.js';
import { Pairing } from '../pairing.js';
import type { EndReason, IncompleteReason, Parser, ParserContext, Side, Window } from '../protocol.js';
import { REQUEST, RESPONSE, newExchange } from '../protocol.js';
import { CapturePolicy } from './capture-policy.js';
import { findRequest } from './detect.js';
import type { HttpPending } from './http-pending.js';
import { newPending } from './http-pending.js';
import type { RequestSink } from './request-side.js';
import { RequestSide } from './request-side.js';
import type { ResponseSink } from './response-side.js';
import { ResponseSide } from './response-side.js';

/** So long may a request be seen after its response, when two threads raced to be recorded. */
const RACE_NS = 10e6;
/** So long does an answered request that is still being sent wait for its end. */
const SENDING_LIMIT_NS = 1e9;

const TURNS_TO_SETTLE: TurnsToSettle = { plain: 1, pipelined: 8 };

const WHY: Record<EndReason, string> = {
  closed: 'connection closed', reset: 'connection reset', timeout: 'connection timed out', upgraded: 'connection switched to another protocol',
  shutdown_of_agent: '',
};

export class Http1Connection implements Parser, RequestSink, ResponseSink {
  opaque = false;
  private readonly policy = new CapturePolicy();
  private readonly pairing: Pairing<HttpPending>;
  private readonly requests: RequestSide;
  private readonly responses: ResponseSide;
  /** A response without a request so far: it may have overtaken it. */
  private orphan: HttpPending | null = null;

  constructor(context: ParserContext, joined: boolean) {
    this.pairing = new Pairing((exchange) => { context.emit(exchange); }, TURNS_TO_SETTLE, joined);
    this.requests = new RequestSide(context, this.policy, this);
    this.responses = new ResponseSide(context, this.policy, this);
  }

  get capture(): number {
    return this.policy.bytes;
  }

  parse(side: Side, window: Window): number {
    return side === REQUEST ? this.requests.parse(window) : this.responses.parse(window);
  }

  passed(side: Side, ns: number, tid: number): void {
    if (side === REQUEST) this.requests.passed(ns, tid);
    else this.responses.passed(ns);
  }

  lost(side: Side, bytes: number, ns: number, reason: IncompleteReason): void {
    if (side === REQUEST) this.requests.lost(bytes, ns, reason);
    else this.responses.lost(bytes, ns, reason);
  }

  resync(side: Side, window: Window): number {
    if (side === RESPONSE) return this.responses.resync(window);
    const at = findRequest(window.buf, window.start, window.end);
    return at < 0 ? -1 : at - window.start;
  }

  requestStarted(pending: HttpPending): void {
    this.responses.requestStarts();
    this.pairing.release(true);
    const { orphan } = this;
    if (orphan) {
      this.orphan = null;
      if (this.adopt(orphan, pending)) return;
    }
    this.pairing.add(pending);
    if (this.pairing.pipelined) this.policy.widen();
  }

  /** The response was seen first: the request takes its half over. */
  private adopt(orphan: HttpPending, pending: HttpPending): boolean {
    const answer = orphan.exchange;
    const { exchange } = pending;
    if (!answer || !exchange || exchange.startNs - answer.responseStartNs > RACE_NS) return false;
    answer.operation = exchange.operation;
    answer.resource = exchange.resource;
    answer.startNs = exchange.startNs;
    answer.requestUnreadNs = exchange.requestUnreadNs;
    answer.requestEndNs = exchange.requestEndNs;
    answer.requestBytes = exchange.requestBytes;
    answer.requestTid = exchange.requestTid;
    answer.requestPayload = exchange.requestPayload;
    answer.traceId = exchange.traceId;
    answer.incomplete = answer.incomplete || exchange.incomplete;
    answer.attributes = { ...exchange.attributes, ...answer.attributes };
    pending.exchange = answer;
    pending.responseStarted = true;
    this.responses.replace(orphan, pending);
    this.pairing.add(pending);
    if (orphan.responseDone) this.pairing.responded(pending, answer.endNs);
    return true;
  }

  requestEnded(_pending: HttpPending): void {
    this.pairing.release();
  }

  requestsLost(reason: IncompleteReason): void {
    this.pairing.unsettle(reason);
  }

  responseStarted(ns: number): HttpPending | null {
    this.pairing.release(true);
    const pending = this.pairing.first();
    if (pending) {
      pending.responseStarted = true;
      return pending;
    }
    this.orphan = null;
    if (!this.pairing.settled) {
      this.pairing.stray(ns);
      return null;
    }
    const exchange = newExchange('http');
    exchange.attributes = {};
    return (this.orphan = newPending(exchange));
  }

  awaited(): HttpPending | null {
    return this.pairing.first() ?? null;
  }

  responseEnded(pending: HttpPending, ns: number): void {
    this.policy.settle();
    if (pending === this.orphan) pending.responseDone = true;
    else this.pairing.responded(pending, ns);
  }

  responsesLost(reason: IncompleteReason, ns: number): void {
    this.orphan = null;
    const first = this.pairing.first();
    if (this.pairing.length > 1) {
      this.responses.forget();
      this.pairing.abandon(reason, ns);
    } else if (first) {
      if (first.exchange && first.exchange.incomplete === '') first.exchange.incomplete = reason;
      this.pairing.unsettle(reason);
    } else {
      this.pairing.unsettle(reason);
    }
  }

  switched(): void {
    this.opaque = true;
  }

  halfClosed(side: Side, ns: number): void {
    this.pairing.release(true);
    if (side === RESPONSE) this.end('closed', ns);
  }

  expire(before: number, now: number): void {
    this.pairing.expire(before, now);
    const first = this.pairing.first();
    if (first?.responseDone && now - (first.exchange?.endNs ?? 0) > SENDING_LIMIT_NS) this.pairing.release(true);
    if (this.orphan?.exchange && now - this.orphan.exchange.responseStartNs > RACE_NS && this.orphan.responseDone) this.orphan = null;
  }

  finish(reason: EndReason, ns: number): void {
    this.orphan = null;
    if (reason === 'shutdown_of_agent') this.pairing.drop();
    else this.end(reason, ns);
  }

  private end(reason: EndReason, ns: number): void {
    if (!this.responses.closed(reason === 'closed')) this.cutShort(reason, ns);
    this.pairing.finish(WHY[reason], ns);
  }

  /** The response under way will never be complete. */
  private cutShort(reason: EndReason, ns: number): void {
    const first = this.pairing.first();
    if (first?.responseStarted && first.exchange) {
      first.exchange.incomplete ||= 'truncated';
      this.pairing.noResponse(first, `${WHY[reason]} in the middle of the response`, ns);
    }
    this.responses.forget();
  }

  pending(): number {
    return this.pairing.waiting;
  }
}
