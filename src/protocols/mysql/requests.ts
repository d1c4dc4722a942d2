/** Reads the client's side: commands, and what belongs to them. */
import type { Payload } from '../../streams/payload.js';
import type { Exchange, Window } from '../protocol.js';
import { LOST, MORE, PAYLOAD_PREFIX, newExchange } from '../protocol.js';
import type { Statement } from '../sql/statement.js';
import { readStatement, unknownStatement } from '../sql/statement.js';
import { textOf } from '../sql/text.js';
import { readHandshakeResponse } from './handshake.js';
import type { Answer, Command } from './packets.js';
import * as packet from './packets.js';
import { queryText } from './query-attributes.js';
import type { Waiting } from './pending.js';
import type { Session } from './session.js';

/** So much of a packet holds all that we read of it. */
const HEAD_BYTES = 2048;
const MAX_NAME_BYTES = 256;
const USE = /^use\s+[`"]?([^`";\s]+)/i;

export class RequestReader {
  /** The packet before was one of the largest: it goes on. */
  private continued = false;
  /** The exchange whose packet goes on beyond the window. */
  private tail: Exchange | null = null;
  private latest: Exchange | null = null;

  constructor(private readonly session: Session) {}

  read(window: Window): number {
    const { start, end } = window;
    const oneCall = window.firstNs === window.lastNs && window.firstTid === window.lastTid;
    let at = start;
    let last: number = MORE;
    do {
      last = this.packet(window, at);
      if (last <= 0) break;
      at += last;
    } while (oneCall && at < end && !this.session.opaque);
    return at === start ? last : at - start;
  }

  private packet(window: Window, at: number): number {
    const { buf, end } = window;
    if (end - at < packet.HEADER_BYTES) return MORE;
    const length = packet.payloadBytes(buf, at);
    const bytes = length + packet.HEADER_BYTES;
    const whole = at + bytes <= end;
    const { session } = this;
    if (this.continued) {
      this.more(window, bytes, whole);
      this.continued = length === packet.MAX_PACKET_BYTES;
      return bytes;
    }
    if (session.infile) {
      this.file(window, bytes, length, whole);
      return bytes;
    }
    if (!whole && window.missing === 0 && end - at < HEAD_BYTES) return MORE;
    const stop = Math.min(at + bytes, end);
    const sequence = buf[at + 3];
    if (session.handshakeDue && sequence === 1) this.handshake(window, at, stop, bytes);
    else if (sequence !== 0) this.authenticationData(bytes);
    else if (length === 0 || at + packet.HEADER_BYTES >= end || !this.command(window, at, stop, bytes, length)) return LOST;
    this.continued = length === packet.MAX_PACKET_BYTES;
    if (whole) this.tail = null;
    return bytes;
  }

  passed(ns: number): void {
    if (this.tail !== null) this.tail.requestEndNs = ns;
    this.tail = null;
  }

  lost(): void {
    this.continued = false;
    this.tail = null;
    this.latest = null;
    this.session.infile = false;
    this.session.latest = null;
  }

  private more(window: Window, bytes: number, whole: boolean): void {
    const exchange = this.latest;
    if (exchange === null || exchange.responseStartNs === exchange.responseStartNs) return;
    exchange.requestBytes += bytes;
    exchange.requestEndNs = window.lastNs;
    this.tail = whole ? null : exchange;
  }

  private file(window: Window, bytes: number, length: number, whole: boolean): void {
    const exchange = this.session.pending.queue.first()?.exchange ?? null;
    if (length === 0) this.session.infile = false;
    if (exchange === null) return;
    exchange.requestBytes += bytes;
    exchange.requestEndNs = window.lastNs;
    this.tail = whole ? null : exchange;
  }

  private authenticationData(bytes: number): void {
    const first = this.session.pending.queue.first();
    if (first !== undefined && first.answer === packet.AUTHENTICATION && first.exchange !== null) first.exchange.requestBytes += bytes;
  }

  /** Nothing of it is copied: it holds the proof of the password, or the password. */
  private handshake(window: Window, at: number, stop: number, bytes: number): void {
    const { session } = this;
    session.handshakeDue = false;
    if (!readHandshakeResponse(session, window.buf, at + packet.HEADER_BYTES, stop)) {
      session.opaque = true;
      return;
    }
    const exchange = this.exchange(window, 'login', '', bytes);
    session.pending.doubt = '';
    this.push(exchange, packet.AUTHENTICATION, 2);
  }

  private command(window: Window, at: number, stop: number, bytes: number, length: number): boolean {
    const { buf } = window;
    const code = buf[at + packet.HEADER_BYTES];
    const command = packet.commands[code];
    if (command === undefined) return false;
    const argument = at + packet.HEADER_BYTES + 1;
    if (command.argument === 'none' && length !== 1) return false;
    if (command.answer === packet.NOTHING) {
      if (code === packet.COM_STMT_CLOSE && stop - argument >= 4) this.session.forget(packet.uint32(buf, argument));
      this.latest = null;
      return true;
    }
    const sequence = length === packet.MAX_PACKET_BYTES ? -1 : 1;
    if (command.argument === 'statement') this.statement(window, at, stop, bytes, sequence, command);
    else if (command.argument === 'id' && command.answer === packet.RESULT) this.execute(window, at, stop, bytes, sequence);
    else this.other(window, at, stop, bytes, command);
    return true;
  }

  /** COM_QUERY and COM_STMT_PREPARE. */
  private statement(window: Window, at: number, stop: number, bytes: number, sequence: number, command: Command): void {
    const { buf } = window;
    const argument = at + packet.HEADER_BYTES + 1;
    const from = command.answer === packet.RESULT ? queryText(this.session.queryAttributes, buf, argument, stop) : argument;
    const statement = readStatement(buf, from, stop);
    const preparing = command.answer === packet.PREPARED;
    const exchange = this.exchange(window, preparing ? command.name : statement.operation, statement.text, bytes);
    if (!statement.secret) exchange.requestPayload = this.copy(buf, at, stop);
    const waiting = this.push(exchange, command.answer, sequence);
    if (preparing) {
      waiting.statement = statement;
      this.session.latest = statement;
    } else if (statement.operation === 'use') waiting.database = USE.exec(statement.text)?.[1] ?? '';
  }

  private execute(window: Window, at: number, stop: number, bytes: number, sequence: number): void {
    const { buf } = window;
    const argument = at + packet.HEADER_BYTES + 1;
    const statement = this.statementAt(buf, argument, stop);
    const exchange = this.exchange(window, statement.operation, statement.text, bytes);
    if (statement.unknown) exchange.attributes = { 'kindling.statement': 'unknown' };
    if (!statement.secret) exchange.requestPayload = this.copy(buf, at, stop);
    this.push(exchange, packet.RESULT, sequence);
  }

  private statementAt(buf: Uint8Array, at: number, stop: number): Statement {
    const id = stop - at >= 4 ? packet.uint32(buf, at) : -1;
    return this.session.statement(id) ?? unknownStatement(String(id));
  }

  private other(window: Window, at: number, stop: number, bytes: number, command: Command): void {
    const { buf } = window;
    const argument = at + packet.HEADER_BYTES + 1;
    const code = buf[argument - 1];
    const statement = command.argument === 'id' ? this.statementAt(buf, argument, stop) : null;
    const name = command.argument === 'name' ? nameOf(buf, argument, stop) : '';
    const exchange = this.exchange(window, command.name, statement === null ? name : statement.text, bytes);
    if (statement !== null && statement.unknown) exchange.attributes = { 'kindling.statement': 'unknown' };
    if (code !== packet.COM_CHANGE_USER) exchange.requestPayload = this.copy(buf, at, stop);
    const waiting = this.push(exchange, command.answer, 1);
    if (code === packet.COM_INIT_DB) waiting.database = name;
    else if (code === packet.COM_RESET_CONNECTION || code === packet.COM_CHANGE_USER) this.session.forgetAll();
  }

  private copy(buf: Uint8Array, at: number, stop: number): Payload {
    return this.session.pending.context.copy(buf, at, Math.min(stop, at + PAYLOAD_PREFIX));
  }

  private push(exchange: Exchange, answer: Answer, sequence: number): Waiting {
    const waiting = { answer, exchange, statement: null, sequence, database: '', rows: -1 };
    this.session.pending.push(waiting);
    return waiting;
  }

  private exchange(window: Window, operation: string, resource: string, bytes: number): Exchange {
    const exchange = newExchange('mysql');
    exchange.operation = operation;
    exchange.resource = resource;
    exchange.startNs = window.firstNs;
    exchange.requestUnreadNs = window.firstUnreadNs;
    exchange.requestEndNs = window.lastNs;
    exchange.requestTid = window.firstTid;
    exchange.requestBytes = bytes;
    this.tail = exchange;
    this.latest = exchange;
    return exchange;
  }
}

/** COM_FIELD_LIST ends the table's name with NUL. */
function nameOf(buf: Uint8Array, from: number, stop: number): string {
  return textOf(buf, from, stop, MAX_NAME_BYTES).split('\0', 1)[0];
}
