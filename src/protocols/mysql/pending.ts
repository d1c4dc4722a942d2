/**
 * Commands that wait for their answer. MySQL answers in order. After a join or a hole it is not known how many answers are outstanding:
 * until the connection was seen idle, exchanges are marked incomplete with the reason of that doubt.
 */
import type { EndReason, Exchange, IncompleteReason, ParserContext, Window } from '../protocol.js';
import { MAX_PENDING } from '../protocol.js';
import { Fifo } from '../fifo.js';
import type { Statement } from '../sql/statement.js';
import type { Answer } from './packets.js';

export interface Waiting {
  answer: Answer;
  /** Null once given up: the answer still has to go by. */
  exchange: Exchange | null;
  /** Being prepared by this command. */
  statement: Statement | null;
  /** Sequence number of the answer's first packet. */
  sequence: number;
  /** Becomes the connection's database when the answer is OK. */
  database: string;
  /** Rows returned or affected; -1 while none said. */
  rows: number;
}

export class Pending {
  readonly queue = new Fifo<Waiting>();
  /** Why answers may be paired wrongly; '' when they cannot. */
  doubt: IncompleteReason;
  /** The last packet of the server ended an answer. */
  idle = false;
  user = '';
  database = '';
  private pipelines = false;
  private holeNs = NaN;
  private waiting = 0;

  constructor(readonly context: ParserContext, joined: boolean) {
    this.doubt = joined ? 'joined_mid_stream' : '';
  }

  get count(): number {
    return this.waiting;
  }

  /** The first answer has a hole: what it still consists of is not known. */
  private get torn(): boolean {
    return this.holeNs === this.holeNs;
  }

  push(waiting: Waiting): void {
    if (this.queue.length === 0) {
      if (this.idle) this.doubt = '';
    } else if (this.torn && !this.pipelines) {
      // A client that waits for its answers has them: the hole swallowed the end.
      this.giveUpAll(this.holeNs, 'gap');
      if (this.doubt !== 'joined_mid_stream') this.doubt = '';
    } else if (this.queue.length >= MAX_PENDING) {
      this.giveUp(this.queue.shift()!, waiting.exchange!.startNs, 'pending_overflow');
      this.doubt = 'pending_overflow';
    }
    waiting.exchange!.incomplete = this.doubt;
    this.waiting++;
    this.queue.push(waiting);
  }

  /** The first command is answered in full; `window` ends with the answer. */
  finishFirst(window: Window): void {
    const first = this.queue.shift()!;
    this.holeNs = NaN;
    this.idle = true;
    if (this.queue.length > 0 && this.doubt === '') this.pipelines = true;
    const { exchange } = first;
    if (exchange === null) return;
    exchange.endNs = window.lastNs;
    exchange.responseTid = window.lastTid;
    if (exchange.status === '') {
      exchange.status = '0';
      if (first.database !== '') this.database = first.database;
    }
    this.emit(first, exchange);
  }

  private emit(waiting: Waiting, exchange: Exchange): void {
    waiting.exchange = null;
    this.waiting--;
    this.describe(exchange, waiting.rows);
    if (exchange.endNs < exchange.requestEndNs) exchange.endNs = exchange.requestEndNs;
    this.context.emit(exchange);
  }

  private describe(exchange: Exchange, rows: number): void {
    if (exchange.attributes === null) {
      if (this.user === '' && rows < 0) return;
      exchange.attributes = this.user === '' ? {} : { 'db.user': this.user, 'db.name': this.database };
    } else if (this.user !== '') {
      exchange.attributes['db.user'] = this.user;
      exchange.attributes['db.name'] = this.database;
    }
    if (rows >= 0) exchange.attributes['db.response.rows'] = rows;
  }

  private giveUp(waiting: Waiting, ns: number, reason: IncompleteReason): void {
    const { exchange } = waiting;
    if (exchange === null) return;
    if (exchange.incomplete === '') exchange.incomplete = reason;
    exchange.endNs = ns;
    this.emit(waiting, exchange);
  }

  private giveUpAll(ns: number, reason: IncompleteReason): void {
    while (this.queue.length > 0) this.giveUp(this.queue.shift()!, ns, reason);
    this.holeNs = NaN;
  }

  /** Bytes of the server are unknown. */
  lostAnswers(ns: number, reason: IncompleteReason): void {
    this.idle = false;
    const why = reason === '' ? 'gap' : reason;
    if (this.queue.length === 1 && !this.pipelines) {
      const { exchange } = this.queue.first()!;
      if (exchange !== null && exchange.incomplete === '') exchange.incomplete = why;
      this.holeNs = ns;
    } else if (this.queue.length > 0) {
      this.giveUpAll(ns, why);
      if (this.doubt === '') this.doubt = why;
    }
  }

  /** Bytes of the client are unknown: what is pending stays paired, what comes is in doubt. */
  lostRequests(reason: IncompleteReason): void {
    this.idle = false;
    if (this.doubt === '') this.doubt = reason === '' ? 'gap' : reason;
  }

  expire(before: number, now: number): void {
    for (let i = 0; i < this.queue.length; i++) {
      const waiting = this.queue.at(i);
      const { exchange } = waiting;
      if (exchange === null || exchange.startNs >= before || exchange.responseStartNs === exchange.responseStartNs) continue;
      this.unanswered(waiting, exchange, now);
    }
  }

  finish(reason: EndReason, ns: number): void {
    while (this.queue.length > 0) {
      const waiting = this.queue.shift()!;
      const { exchange } = waiting;
      if (exchange === null) continue;
      if (reason === 'shutdown_of_agent') this.waiting--;
      else if (this.torn) this.giveUp(waiting, ns, 'gap');
      else this.unanswered(waiting, exchange, ns);
    }
    this.holeNs = NaN;
  }

  private unanswered(waiting: Waiting, exchange: Exchange, ns: number): void {
    exchange.error = 'no_response';
    exchange.endNs = ns;
    this.emit(waiting, exchange);
  }
}
