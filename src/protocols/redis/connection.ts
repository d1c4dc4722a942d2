/** One Redis connection: commands and replies, joined by order. */
import { Fifo } from '../fifo.js';
import type { TurnsToSettle } from '../pairing.js';
import { Pairing } from '../pairing.js';
import type { EndReason, Exchange, IncompleteReason, Parser, ParserContext, Side, Window } from '../protocol.js';
import { REQUEST, newExchange } from '../protocol.js';
import type { Command } from './commands.js';
import { REPLY_MODE, STREAMS, SUBSCRIBES, UNSUBSCRIBES } from './commands.js';
import { findCommand } from './detect.js';
import type { RedisPending } from './redis-pending.js';
import { newPending } from './redis-pending.js';
import type { ReplySink } from './reply-side.js';
import { ReplySide } from './reply-side.js';
import type { RequestSink } from './request-side.js';
import { RequestSide } from './request-side.js';
import { Subscriptions } from './subscriptions.js';

const TURNS_TO_SETTLE: TurnsToSettle = { plain: 4, pipelined: 16 };
/** So long may a request be seen after its reply, when two threads raced to be recorded. */
const RACE_NS = 10e6;
const MAX_ORPHANS = 64;
const INITIAL_CAPTURE = 16 * 1024;
const MOST_CAPTURE = 64 * 1024;

const WHY: Record<EndReason, string> = {
  closed: 'connection closed', reset: 'connection reset', timeout: 'connection timed out', upgraded: 'connection switched to another protocol',
  shutdown_of_agent: '',
};

export class RedisConnection implements Parser, RequestSink, ReplySink {
  opaque = false;
  capture = INITIAL_CAPTURE;
  private readonly pairing: Pairing<RedisPending>;
  private readonly requests: RequestSide;
  private readonly replies: ReplySide;
  /** Replies without a request so far: they may have overtaken it. */
  private readonly orphans = new Fifo<RedisPending>();
  /** CLIENT REPLY. */
  private replyMode: 'on' | 'off' | 'skip' = 'on';
  private readonly subscriptions = new Subscriptions();
  /** After a loss among replies: only what follows a new request is looked at. */
  private deaf: boolean;

  /** @param joined subscriptions of before may be there */
  constructor(context: ParserContext, private readonly joined: boolean) {
    this.pairing = new Pairing((exchange) => { context.emit(exchange); }, TURNS_TO_SETTLE, joined);
    this.requests = new RequestSide(context, this);
    this.replies = new ReplySide(context, this);
    this.deaf = joined;
  }

  parse(side: Side, window: Window): number {
    return side === REQUEST ? this.requests.parse(window) : this.replies.parse(window);
  }

  passed(side: Side, ns: number, tid: number): void {
    if (side === REQUEST) this.requests.passed(ns, tid);
    else this.replies.passed(ns);
  }

  lost(side: Side, bytes: number, ns: number, reason: IncompleteReason): void {
    if (reason === 'truncated') this.capture = Math.min(MOST_CAPTURE, this.capture * 4);
    if (side === REQUEST) {
      this.requests.abort(bytes, ns, reason);
      this.pairing.unsettle(reason);
    } else {
      this.replies.lost(bytes, ns, reason);
    }
  }

  resync(side: Side, window: Window): number {
    if (side === REQUEST) return findCommand(window.buf, window.start, window.end);
    return this.deaf ? -1 : this.replies.resync(window);
  }

  commandEnded(request: RequestSide, ns: number, tid: number): void {
    const { command } = request;
    if (command === null) return;
    this.deaf = false;
    this.replies.requestStarts();
    const exchange = newExchange('redis');
    exchange.operation = command.name;
    exchange.resource = request.key;
    exchange.startNs = request.startNs;
    exchange.requestUnreadNs = request.unreadNs;
    exchange.requestEndNs = exchange.endNs = ns;
    exchange.requestBytes = request.bytes;
    exchange.requestTid = tid;
    exchange.requestPayload = request.payload;
    exchange.incomplete = request.incomplete;
    const pending = newPending(exchange, command, request.argumentCount);
    if (!this.wantsReply(command, request.key)) this.unanswered(pending);
    else if (this.orphans.length === 0 || !this.adopt(pending)) this.pairing.add(pending);
  }

  /** Follows CLIENT REPLY ON, OFF and SKIP. */
  private wantsReply(command: Command, mode: string): boolean {
    if (command.name === REPLY_MODE) {
      const wanted = mode.toUpperCase();
      if (wanted === 'ON') this.replyMode = 'on';
      else if (wanted === 'OFF') this.replyMode = 'off';
      else if (wanted === 'SKIP' && this.replyMode === 'on') this.replyMode = 'skip';
      return wanted !== 'OFF' && wanted !== 'SKIP' && this.replyMode === 'on';
    }
    if (this.replyMode === 'on') return true;
    if (this.replyMode === 'skip') this.replyMode = 'on';
    return false;
  }

  private unanswered(pending: RedisPending): void {
    if (pending.exchange) pending.exchange.status = '0';
    this.pairing.emitAlone(pending);
  }

  /** The oldest reply without request is this one's. */
  private adopt(pending: RedisPending): boolean {
    const orphan = this.orphans.shift();
    const answer = orphan?.exchange;
    const { exchange } = pending;
    if (!orphan || !answer || !exchange || exchange.startNs - answer.responseStartNs > RACE_NS) {
      while (this.orphans.shift());
      this.replies.forget();
      return false;
    }
    exchange.status = answer.status;
    exchange.error = answer.error;
    exchange.errorText = answer.errorText;
    exchange.responseStartNs = answer.responseStartNs;
    exchange.responseUnreadNs = answer.responseUnreadNs;
    exchange.responseTid = answer.responseTid;
    exchange.responseBytes = answer.responseBytes;
    exchange.responsePayload = answer.responsePayload;
    exchange.endNs = answer.endNs;
    // The orphan may still be received: it becomes the request's own entry.
    orphan.exchange = exchange;
    orphan.command = pending.command;
    orphan.patient = pending.patient;
    this.pairing.add(orphan);
    if (orphan.responseDone) this.pairing.responded(orphan, exchange.endNs);
    return true;
  }

  requestsLost(reason: IncompleteReason): void {
    this.pairing.unsettle(reason);
  }

  get subscribed(): boolean {
    return this.joined || this.subscriptions.any || this.confirming;
  }

  get confirming(): boolean {
    return ((this.pairing.first()?.command?.flags ?? 0) & (SUBSCRIBES | UNSUBSCRIBES)) !== 0;
  }

  replyStarted(ns: number): RedisPending | null {
    const pending = this.pairing.first();
    if (pending) {
      pending.responseStarted = true;
      if (pending.replies < 0) pending.replies = this.subscriptions.expected(pending.command?.name ?? '');
      return pending;
    }
    if (!this.pairing.settled || this.orphans.length >= MAX_ORPHANS) {
      this.pairing.stray(ns);
      return null;
    }
    const orphan = newPending(newExchange('redis'), null, 0);
    this.orphans.push(orphan);
    return orphan;
  }

  awaited(): RedisPending | null {
    return this.pairing.first() ?? null;
  }

  replyEnded(pending: RedisPending, ns: number, failed: boolean, channels: number): void {
    const flags = pending.command?.flags ?? 0;
    if ((flags & (SUBSCRIBES | UNSUBSCRIBES)) !== 0) {
      if (channels >= 0 && pending.command) this.subscriptions.confirmed(pending.command.name, channels);
      if (!failed && --pending.replies > 0) return;
    }
    if ((flags & STREAMS) !== 0 && !failed) this.opaque = true;
    if (pending.command?.name === 'RESET') {
      this.subscriptions.clear();
      this.replyMode = 'on';
    }
    if (pending.command === null) pending.responseDone = true;
    else this.pairing.responded(pending, ns);
  }

  repliesLost(reason: IncompleteReason, ns: number): void {
    this.deaf = true;
    while (this.orphans.shift());
    if (this.pairing.length > 1) {
      this.replies.forget();
      this.pairing.abandon(reason, ns);
    } else {
      this.pairing.unsettle(reason);
    }
  }

  halfClosed(side: Side, ns: number): void {
    if (side !== REQUEST) this.end('closed', ns);
  }

  expire(before: number, now: number): void {
    this.pairing.expire(before, now);
    const orphan: Exchange | null | undefined = this.orphans.first()?.exchange;
    if (orphan && now - orphan.responseStartNs > RACE_NS && !this.replies.busy) while (this.orphans.shift());
  }

  finish(reason: EndReason, ns: number): void {
    while (this.orphans.shift());
    if (reason === 'shutdown_of_agent') {
      this.pairing.drop();
      return;
    }
    this.requests.abort(0, ns, 'truncated');
    this.end(reason, ns);
  }

  private end(reason: EndReason, ns: number): void {
    const first = this.pairing.first();
    if (first?.exchange && this.replies.busy) {
      first.exchange.incomplete ||= 'truncated';
      this.pairing.noResponse(first, `${WHY[reason]} in the middle of the reply`, ns);
    }
    this.replies.forget();
    this.pairing.finish(WHY[reason], ns);
  }

  pending(): number {
    return this.pairing.waiting;
  }
}
