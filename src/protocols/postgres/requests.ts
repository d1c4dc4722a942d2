/** Reads the client's side: which statements it wants executed. Statements and portals are remembered by name. */
import type { Exchange, Window } from '../protocol.js';
import { LOST, MORE, newExchange } from '../protocol.js';
import { NameTable } from '../sql/name-table.js';
import { Prefix } from '../sql/prefix.js';
import type { Statement } from '../sql/statement.js';
import { readStatement, unknownStatement } from '../sql/statement.js';
import { endOfString, textOf } from '../sql/text.js';
import * as message from './messages.js';
import { StartupReader } from './startup.js';
import type { Turn, Turns } from './turns.js';
import { CALL, EXECUTE, LOGIN, QUERY, SYNC, newTurn } from './turns.js';

const MAX_NAMES = 1024;
/** Longer names (the server cuts at 63) are known by their beginning. */
const MAX_NAME_BYTES = 256;
/** So much of a message holds all that we read of it. */
const HEAD_BYTES = 2048;

export class RequestReader {
  private readonly startup: StartupReader;
  private readonly payload: Prefix;
  private readonly statements = new NameTable<Statement>(MAX_NAMES);
  private readonly portals = new NameTable<Statement>(MAX_NAMES);
  private unnamedStatement: Statement | null = null;
  private unnamedPortal: Statement | null = null;
  /** Messages since the last Execute or Sync; they belong to the next one. */
  private groupOpen = false;
  private groupStartNs = 0;
  private groupUnreadNs = 0;
  private groupTid = 0;
  private groupBytes = 0;
  /** Prepared in this group. */
  private groupStatement: Statement | null = null;
  /** The exchange whose message goes on beyond the window. */
  private tail: Exchange | null = null;

  constructor(private readonly turns: Turns, joined: boolean) {
    this.startup = new StartupReader(turns, joined);
    this.payload = new Prefix(turns.context);
  }

  read(window: Window): number {
    const { buf, start, end } = window;
    if (this.startup.expected && this.startup.accepts(buf[start])) return this.startup.read(window);
    const oneCall = window.firstNs === window.lastNs && window.firstTid === window.lastTid;
    let at = start;
    let last: number = MORE;
    this.payload.resume(at);
    do {
      last = this.message(window, at);
      if (last <= 0) break;
      at += last;
    } while (oneCall && at < end);
    this.payload.suspend(buf, Math.min(at, end));
    return at === start ? last : at - start;
  }

  private message(window: Window, at: number): number {
    const { buf, end } = window;
    if (end - at < message.HEADER_BYTES) return MORE;
    const bytes = message.messageBytes(buf, at);
    if (bytes === 0) return LOST;
    const type = buf[at];
    if (at + bytes > end && window.missing === 0 && type !== message.COPY_DATA && end - at < HEAD_BYTES) return MORE;
    const body = at + message.HEADER_BYTES;
    const stop = Math.min(at + bytes, end);
    switch (type) {
      case message.QUERY: this.query(window, at, bytes, stop); break;
      case message.PARSE: this.openGroup(window, at, bytes); this.parse(buf, body, stop); break;
      case message.BIND: this.openGroup(window, at, bytes); this.bind(buf, body, stop); break;
      case message.DESCRIBE: this.openGroup(window, at, bytes); break;
      case message.CLOSE: this.openGroup(window, at, bytes); this.close(buf, body, stop); break;
      case message.EXECUTE: this.openGroup(window, at, bytes); this.execute(window, body, stop); break;
      case message.SYNC: this.sync(window, bytes, stop); break;
      case message.FUNCTION_CALL: this.call(window, at, bytes, stop); break;
      case message.FLUSH: if (this.groupOpen) this.groupBytes += bytes; break;
      case message.COPY_DATA: case message.COPY_DONE: case message.COPY_FAIL: this.copy(window, bytes); break;
      case message.PASSWORD: this.password(bytes); break;
      case message.TERMINATE: break;
      default: return LOST;
    }
    if (at + bytes <= end) this.tail = null;
    return bytes;
  }

  /** The rest of a long message went by. */
  passed(ns: number): void {
    if (this.tail !== null) this.tail.requestEndNs = ns;
    this.tail = null;
  }

  lost(): void {
    this.groupOpen = false;
    this.groupStatement = null;
    this.unnamedStatement = null;
    this.unnamedPortal = null;
    this.portals.clear();
    this.payload.drop();
    this.tail = null;
  }

  /** @returns offset of the window's start when a startup message stands there, else -1 */
  resync(buf: Uint8Array, start: number, end: number): number {
    return this.startup.resync(buf, start, end);
  }

  private openGroup(window: Window, at: number, bytes: number): void {
    if (!this.groupOpen || (this.turns.groupAnswered && this.turns.queue.length === 0)) {
      this.turns.arrive();
      this.groupOpen = true;
      this.groupStartNs = window.firstNs;
      this.groupUnreadNs = window.firstUnreadNs;
      this.groupTid = window.firstTid;
      this.groupBytes = 0;
      this.groupStatement = null;
      this.payload.begin(at);
    }
    this.groupBytes += bytes;
  }

  private query(window: Window, at: number, bytes: number, stop: number): void {
    const { buf } = window;
    this.turns.arrive();
    this.groupOpen = false;
    this.payload.begin(at);
    const text = at + message.HEADER_BYTES;
    const statement = readStatement(buf, text, endOfString(buf, stop - 1, stop));
    const exchange = this.exchange(window, statement, window.firstNs, window.firstUnreadNs, window.firstTid, bytes, stop);
    this.turns.push(newTurn(QUERY, exchange, true));
  }

  private parse(buf: Uint8Array, body: number, stop: number): void {
    const name = endOfString(buf, body, stop);
    const statement = readStatement(buf, Math.min(name + 1, stop), endOfString(buf, name + 1, stop));
    this.groupStatement = statement;
    if (name === body) this.unnamedStatement = statement;
    else this.statements.set(buf, body, Math.min(name, body + MAX_NAME_BYTES), statement);
  }

  private bind(buf: Uint8Array, body: number, stop: number): void {
    const portal = endOfString(buf, body, stop);
    const from = Math.min(portal + 1, stop);
    const to = endOfString(buf, from, stop);
    const known = to === from ? this.unnamedStatement : this.statements.get(buf, from, Math.min(to, from + MAX_NAME_BYTES));
    const statement = known ?? unknownStatement(textOf(buf, from, to, MAX_NAME_BYTES));
    if (portal === body) this.unnamedPortal = statement;
    else this.portals.set(buf, body, Math.min(portal, body + MAX_NAME_BYTES), statement);
  }

  private close(buf: Uint8Array, body: number, stop: number): void {
    const from = Math.min(body + 1, stop);
    const to = Math.min(endOfString(buf, from, stop), from + MAX_NAME_BYTES);
    const statement = buf[body] === 0x53;
    if (to > from) (statement ? this.statements : this.portals).delete(buf, from, to);
    else if (statement) this.unnamedStatement = null;
    else this.unnamedPortal = null;
  }

  private execute(window: Window, body: number, stop: number): void {
    const { buf } = window;
    const to = endOfString(buf, body, stop);
    const known = to === body ? this.unnamedPortal : this.portals.get(buf, body, Math.min(to, body + MAX_NAME_BYTES));
    const statement = known ?? unknownStatement(textOf(buf, body, to, MAX_NAME_BYTES));
    const exchange = this.exchange(window, statement, this.groupStartNs, this.groupUnreadNs, this.groupTid, this.groupBytes, stop);
    this.groupOpen = false;
    this.turns.push(newTurn(EXECUTE, exchange, false));
  }

  /** Ends the last Execute's turn, or is a turn of its own. */
  private sync(window: Window, bytes: number, stop: number): void {
    const last = this.turns.queue.last();
    if (!this.groupOpen && last !== undefined && last.kind === EXECUTE && !last.synced) {
      this.append(last, window, bytes);
      last.synced = true;
      return;
    }
    let exchange: Exchange | null = null;
    if (this.groupOpen && this.groupStatement !== null) {
      exchange = this.exchange(window, this.groupStatement, this.groupStartNs, this.groupUnreadNs, this.groupTid, this.groupBytes + bytes, stop);
      exchange.operation = 'prepare';
    } else this.payload.drop();
    if (!this.groupOpen) this.turns.arrive();
    this.groupOpen = false;
    this.turns.push(newTurn(SYNC, exchange, true));
  }

  private append(turn: Turn, window: Window, bytes: number): void {
    const { exchange } = turn;
    if (exchange === null) return;
    exchange.requestBytes += bytes;
    if (exchange.responseStartNs !== exchange.responseStartNs) exchange.requestEndNs = window.lastNs;
  }

  private call(window: Window, at: number, bytes: number, stop: number): void {
    this.turns.arrive();
    this.groupOpen = false;
    this.payload.begin(at);
    const oid = message.int32(window.buf, at + message.HEADER_BYTES) >>> 0;
    const statement: Statement = { operation: 'function_call', text: `FUNCTION ${oid}`, secret: false, unknown: false };
    this.turns.push(newTurn(CALL, this.exchange(window, statement, window.firstNs, window.firstUnreadNs, window.firstTid, bytes, stop), true));
  }

  /** Data belongs to the request that copies. */
  private copy(window: Window, bytes: number): void {
    const turn = this.turns.queue.first();
    if (turn === undefined || turn.exchange === null) return;
    turn.exchange.requestBytes += bytes;
    turn.exchange.requestEndNs = window.lastNs;
    this.tail = turn.exchange;
  }

  private password(bytes: number): void {
    const turn = this.turns.queue.first();
    if (turn !== undefined && turn.kind === LOGIN && turn.exchange !== null) turn.exchange.requestBytes += bytes;
  }

  private exchange(window: Window, statement: Statement, startNs: number, unreadNs: number, tid: number, bytes: number, stop: number): Exchange {
    const exchange = newExchange('postgres');
    exchange.operation = statement.operation;
    exchange.resource = statement.text;
    exchange.startNs = startNs;
    exchange.requestUnreadNs = unreadNs;
    exchange.requestEndNs = window.lastNs;
    exchange.requestTid = tid;
    exchange.requestBytes = bytes;
    if (statement.unknown) exchange.attributes = { 'kindling.statement': 'unknown' };
    if (statement.secret) this.payload.drop();
    else exchange.requestPayload = this.payload.take(window.buf, stop);
    this.tail = exchange;
    return exchange;
  }
}
