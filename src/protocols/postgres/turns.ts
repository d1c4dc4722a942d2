/**
 * What the server owes the client, in order: PostgreSQL answers strictly in turn. Each Query, Execute, Sync and startup is one turn.
 *
 * After a join or a hole it is not known how many answers are outstanding. Until the connection was seen idle (everything we know of
 * answered, ReadyForQuery last, then a new request) the turns carry that doubt and their exchanges are marked incomplete.
 */
import type { EndReason, Exchange, IncompleteReason, ParserContext, Window } from '../protocol.js';
import { MAX_PENDING, responseStarts } from '../protocol.js';
import { Fifo } from '../fifo.js';

export const LOGIN = 0;
export const QUERY = 1;
export const EXECUTE = 2;
/** A Sync of its own; it has an exchange only if its group prepared a statement. */
export const SYNC = 3;
export const CALL = 4;
export type TurnKind = typeof LOGIN | typeof QUERY | typeof EXECUTE | typeof SYNC | typeof CALL;

export interface Turn {
  kind: TurnKind;
  /** Null once given up: the answer still has to go by. */
  exchange: Exchange | null;
  /** Ends at ReadyForQuery. */
  synced: boolean;
  /** CommandComplete or ErrorResponse has come. */
  replied: boolean;
  /** Rows by the tags of CommandComplete; -1 while none said. */
  rows: number;
  /** DataRows seen. */
  dataRows: number;
}

export function newTurn(kind: TurnKind, exchange: Exchange | null, synced: boolean): Turn {
  return { kind, exchange, synced, replied: false, rows: -1, dataRows: 0 };
}

export class Turns {
  readonly queue = new Fifo<Turn>();
  /** Why answers may be paired wrongly; '' when they cannot. */
  doubt: IncompleteReason;
  /** The last message of the server was ReadyForQuery. */
  idle = false;
  /** The server answered Parse, Bind or Describe of a group that has no Execute yet. */
  groupAnswered = false;
  /** SSLRequest or GSSENCRequest was sent; one byte answers it. */
  encryptionAsked = false;
  opaque = false;
  user = '';
  database = '';
  /** The client was seen to send before it had all answers. */
  private pipelines = false;
  /** The only turn's answer has a hole. */
  private holeNs = NaN;
  private waiting = 0;

  constructor(readonly context: ParserContext, joined: boolean) {
    this.doubt = joined ? 'joined_mid_stream' : '';
  }

  /** Turns whose exchange was not emitted. */
  get pending(): number {
    return this.waiting;
  }

  /** A request begins. */
  arrive(): void {
    this.groupAnswered = false;
    if (this.queue.length === 0) {
      if (this.idle) this.doubt = '';
    } else if (this.holeNs === this.holeNs && !this.pipelines) {
      // A client that waits for its answers has them: the hole swallowed the end.
      this.giveUpAll(this.holeNs, 'gap');
      if (this.doubt !== 'joined_mid_stream') this.doubt = '';
    }
  }

  push(turn: Turn): void {
    if (this.queue.length >= MAX_PENDING) {
      this.giveUp(this.queue.shift()!, turn.exchange === null ? 0 : turn.exchange.startNs, 'pending_overflow');
      this.doubt = 'pending_overflow';
    }
    if (turn.exchange !== null) {
      turn.exchange.incomplete = this.doubt;
      this.waiting++;
    }
    this.queue.push(turn);
  }

  /** The first turn is answered in full; `window` ends with the answer. */
  finishFirst(window: Window): void {
    const turn = this.queue.shift()!;
    this.holeNs = NaN;
    if (turn.exchange === null) return;
    const { exchange } = turn;
    if (turn.kind === SYNC && exchange.error === 'none') return this.forget(turn);
    if (exchange.responseStartNs !== exchange.responseStartNs) responseStarts(exchange, window);
    exchange.endNs = window.lastNs;
    exchange.responseTid = window.lastTid;
    if (exchange.status === '') exchange.status = '0';
    this.describe(turn, exchange);
    this.emit(turn);
  }

  /** ReadyForQuery came for a turn while the one after it had been sent already. */
  noteOverlap(): void {
    if (this.queue.length > 0 && this.doubt === '') this.pipelines = true;
  }

  private describe(turn: Turn, exchange: Exchange): void {
    const rows = turn.rows;
    if (exchange.attributes === null) {
      if (this.user !== '') {
        exchange.attributes = rows < 0
          ? { 'db.user': this.user, 'db.name': this.database }
          : { 'db.user': this.user, 'db.name': this.database, 'db.response.rows': rows };
      } else if (rows >= 0) exchange.attributes = { 'db.response.rows': rows };
      return;
    }
    if (this.user !== '') {
      exchange.attributes['db.user'] = this.user;
      exchange.attributes['db.name'] = this.database;
    }
    if (rows >= 0) exchange.attributes['db.response.rows'] = rows;
  }

  private emit(turn: Turn): void {
    const exchange = turn.exchange!;
    turn.exchange = null;
    this.waiting--;
    if (exchange.endNs < exchange.requestEndNs) exchange.endNs = exchange.requestEndNs;
    this.context.emit(exchange);
  }

  private forget(turn: Turn): void {
    turn.exchange = null;
    this.waiting--;
  }

  private giveUp(turn: Turn, ns: number, reason: IncompleteReason): void {
    const { exchange } = turn;
    if (exchange === null) return;
    if (turn.kind === SYNC && exchange.error === 'none') return this.forget(turn);
    if (exchange.incomplete === '') exchange.incomplete = reason;
    exchange.endNs = Math.max(exchange.requestEndNs, ns);
    this.describe(turn, exchange);
    this.emit(turn);
  }

  giveUpAll(ns: number, reason: IncompleteReason): void {
    while (this.queue.length > 0) this.giveUp(this.queue.shift()!, ns, reason);
    this.holeNs = NaN;
  }

  /** Bytes of the server are unknown. */
  lostAnswers(ns: number, reason: IncompleteReason): void {
    this.idle = false;
    this.groupAnswered = true;
    const why = reason === '' ? 'gap' : reason;
    const only = this.queue.length === 1 ? this.queue.first()! : undefined;
    if (only !== undefined && !this.pipelines) {
      if (only.exchange !== null && only.exchange.incomplete === '') only.exchange.incomplete = why;
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
      const turn = this.queue.at(i);
      const { exchange } = turn;
      if (exchange === null || turn.replied || exchange.startNs >= before || exchange.responseStartNs === exchange.responseStartNs) continue;
      this.unanswered(turn, exchange, now);
    }
  }

  finish(reason: EndReason, ns: number): void {
    while (this.queue.length > 0) {
      const turn = this.queue.shift()!;
      const { exchange } = turn;
      if (exchange === null) continue;
      if (reason === 'shutdown_of_agent') this.forget(turn);
      else if (turn.replied || this.holeNs === this.holeNs) this.end(turn, exchange, ns);
      else this.unanswered(turn, exchange, ns);
    }
    this.holeNs = NaN;
  }

  /** It was answered, but the connection ended before ReadyForQuery (a fatal error does that), or a hole swallowed the end. */
  private end(turn: Turn, exchange: Exchange, ns: number): void {
    if (turn.kind === SYNC && exchange.error === 'none') return this.forget(turn);
    exchange.endNs = ns;
    if (turn.replied && exchange.status === '') exchange.status = '0';
    this.describe(turn, exchange);
    this.emit(turn);
  }

  private unanswered(turn: Turn, exchange: Exchange, ns: number): void {
    exchange.error = 'no_response';
    exchange.endNs = ns;
    this.describe(turn, exchange);
    this.emit(turn);
  }
}
