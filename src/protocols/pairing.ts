/**
 * Pairs responses with requests where a protocol has no ids and order alone decides.
 *
 * After a join in mid-stream or a loss the number of requests under way is unknown. Until plain turns (every request
 * answered, nothing left over) have shown that none is, exchanges are marked incomplete: a wrong pair must never look complete.
 */
import { Fifo } from './fifo.js';
import type { Exchange, IncompleteReason } from './protocol.js';
import { MAX_PENDING } from './protocol.js';

export interface Pending {
  /** Null once emitted: the entry then only waits for its response to pass by. */
  exchange: Exchange | null;
  requestDone: boolean;
  responseStarted: boolean;
  responseDone: boolean;
  /** It may wait for as long as it likes (a blocking command). */
  patient: boolean;
}

/** How many turns in which all requests were answered prove that none is under way unseen. */
export interface TurnsToSettle {
  plain: number;
  /** For a client seen to send requests before earlier ones were answered. */
  pipelined: number;
}

/** A connection this quiet has nothing under way. */
const QUIET_NS = 100e6;

export class Pairing<P extends Pending> {
  private readonly queue = new Fifo<P>();
  private unsettled: IncompleteReason;
  private turns = 0;
  private lastResponseNs = Infinity;
  /** The client sent a request before the response to an earlier one had ended. */
  pipelined = false;
  /** Entries whose exchange is not emitted yet. */
  waiting = 0;

  constructor(private readonly emit: (exchange: Exchange) => void, private readonly turnsToSettle: TurnsToSettle, joined: boolean) {
    this.unsettled = joined ? 'joined_mid_stream' : '';
  }

  get settled(): boolean {
    return this.unsettled === '';
  }

  /** How many responses are to come, also those whose request was given up. */
  get length(): number {
    return this.queue.length;
  }

  first(): P | undefined {
    return this.queue.first();
  }

  add(pending: P): void {
    const { exchange } = pending;
    if (this.queue.length > 0) this.pipelined = true;
    if (this.unsettled !== '' && exchange) {
      if (this.provenQuiet(exchange.startNs)) this.unsettled = '';
      else if (exchange.incomplete === '') exchange.incomplete = this.unsettled;
    }
    this.queue.push(pending);
    this.waiting++;
    if (this.queue.length > MAX_PENDING) this.overflow(pending);
  }

  private provenQuiet(ns: number): boolean {
    if (this.queue.length > 0) return false;
    const { plain, pipelined } = this.turnsToSettle;
    return this.turns >= (this.pipelined ? pipelined : plain) || ns - this.lastResponseNs > QUIET_NS;
  }

  /** So many without a response: the oldest is given up, and with a queue full of such the pairing itself. */
  private overflow(newest: P): void {
    for (let i = 0; i < this.queue.length; i++) {
      const pending = this.queue.at(i);
      if (!pending.exchange) continue;
      this.giveUp(pending, 'pending_overflow', newest.exchange?.startNs ?? 0);
      break;
    }
    if (this.queue.length > 2 * MAX_PENDING) this.abandon('pending_overflow', newest.exchange?.startNs ?? 0);
  }

  /** The response of the oldest is complete. */
  responded(pending: Pending, ns: number): void {
    pending.responseDone = true;
    this.lastResponseNs = ns;
    this.release();
    if (this.queue.length === 0) this.turns++;
  }

  /** A response that belongs to no known request has gone by. */
  stray(ns: number): void {
    this.turns = 0;
    this.lastResponseNs = ns;
  }

  /** Emits what is complete at the front; an answered request that is still being sent waits for its last byte. */
  release(evenWhileSending = false): void {
    for (let first = this.queue.first(); first?.responseDone && (first.requestDone || evenWhileSending); first = this.queue.first()) {
      this.queue.shift();
      this.done(first);
    }
  }

  done(pending: Pending): void {
    const { exchange } = pending;
    if (!exchange) return;
    pending.exchange = null;
    this.waiting--;
    // The ends of two threads' calls may be seen the wrong way round, and an early response ends the sending stage.
    if (exchange.responseStartNs < exchange.startNs) exchange.startNs = exchange.responseStartNs;
    if (exchange.requestEndNs > exchange.responseStartNs) exchange.requestEndNs = exchange.responseStartNs;
    if (exchange.requestEndNs < exchange.startNs) exchange.requestEndNs = exchange.startNs;
    if (!(exchange.endNs >= exchange.startNs)) exchange.endNs = exchange.startNs;
    this.emit(exchange);
  }

  giveUp(pending: Pending, reason: IncompleteReason, ns: number): void {
    const { exchange } = pending;
    if (!exchange) return;
    if (exchange.incomplete === '') exchange.incomplete = reason;
    if (exchange.endNs < ns) exchange.endNs = ns;
    this.done(pending);
  }

  noResponse(pending: Pending, why: string, ns: number): void {
    const { exchange } = pending;
    if (!exchange) return;
    exchange.error = 'no_response';
    exchange.errorText = why;
    if (!pending.requestDone && exchange.incomplete === '') exchange.incomplete = 'truncated';
    if (exchange.endNs < ns) exchange.endNs = ns;
    this.done(pending);
  }

  /** A request that has no response by agreement. */
  emitAlone(pending: P): void {
    this.waiting++;
    this.done(pending);
  }

  /** From here on the number of requests under way is unknown. */
  unsettle(reason: IncompleteReason): void {
    this.unsettled = reason;
    this.turns = 0;
  }

  /** Which response is whose cannot be known any more: emits all that wait. */
  abandon(reason: IncompleteReason, ns: number): void {
    for (let pending = this.queue.shift(); pending; pending = this.queue.shift()) this.giveUp(pending, reason, ns);
    this.unsettle(reason);
  }

  /** Requests sent before `before` get no response; their place in the order is kept. */
  expire(before: number, now: number): void {
    for (let i = 0; i < this.queue.length; i++) {
      const pending = this.queue.at(i);
      if (pending.exchange && pending.exchange.startNs >= before) break;
      if (!pending.responseStarted && !pending.patient) this.noResponse(pending, 'no response within the time limit', now);
    }
  }

  /** No response will come any more. */
  finish(why: string, ns: number): void {
    this.release(true);
    for (let pending = this.queue.shift(); pending; pending = this.queue.shift()) this.noResponse(pending, why, ns);
  }

  drop(): void {
    while (this.queue.shift());
    this.waiting = 0;
  }
}
