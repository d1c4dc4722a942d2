/** One socket that speaks DNS: queries and responses in any order, paired by id and question. */
import type { EndReason, Exchange, IncompleteReason, Parser, ParserContext, Side, Window } from '../protocol.js';
import { LOST, MAX_PENDING, MORE, PAYLOAD_PREFIX, REQUEST, newExchange, responseStarts } from '../protocol.js';
import { rcodeName } from './codes.js';
import { DnsMessage, word } from './message.js';

/** Length in front of each message on a stream. */
const LENGTH_BYTES = 2;
const MIN_MESSAGE = 12;
/** So long may a query be seen after its response, when two threads raced to be recorded. */
const RACE_NS = 10e6;
const MAX_EARLY = 64;
const MAX_ERROR_TEXT = 256;

const WHY: Record<EndReason, string> = {
  closed: 'socket closed', reset: 'connection reset', timeout: 'connection timed out', upgraded: 'connection switched to another protocol',
  shutdown_of_agent: '',
};

export class DnsConnection implements Parser {
  readonly capture = PAYLOAD_PREFIX;
  opaque = false;
  readonly #message = new DnsMessage();
  /** By `id type name`, oldest first. */
  readonly #pending = new Map<string, Exchange>();
  /** Responses whose query was not seen yet. */
  readonly #early = new Map<string, Exchange>();
  /** The exchange whose message is passing by beyond the window, per side. */
  readonly #passing: Array<Exchange | null> = [null, null];

  constructor(private readonly context: ParserContext, private readonly isStream: boolean) {}

  parse(side: Side, window: Window): number {
    const available = window.end - window.start;
    if (!this.isStream) {
      this.#read(side, window, window.start, window.end, available + window.missing, false);
      return Math.max(1, available + window.missing);
    }
    if (available < LENGTH_BYTES) return MORE;
    const length = word(window.buf, window.start);
    if (length < MIN_MESSAGE) return LOST;
    const whole = LENGTH_BYTES + length;
    if (available < whole && window.missing === 0) return MORE;
    const from = window.start + LENGTH_BYTES;
    const to = Math.min(window.end, window.start + whole);
    const passesBy = whole > available + window.missing;
    return this.#read(side, window, from, to, whole, passesBy) ? whole : LOST;
  }

  passed(side: Side, ns: number, tid: number): void {
    const exchange = this.#passing[side];
    this.#passing[side] = null;
    if (exchange === null) return;
    if (side === REQUEST) {
      exchange.requestEndNs = exchange.endNs = ns;
      exchange.requestTid = tid;
    } else {
      exchange.endNs = ns;
      this.context.emit(exchange);
    }
  }

  lost(side: Side, _bytes: number, ns: number, reason: IncompleteReason): void {
    const exchange = this.#passing[side];
    this.#passing[side] = null;
    if (exchange === null) return;
    exchange.incomplete = reason;
    if (side === REQUEST) return;
    exchange.endNs = Math.max(exchange.endNs, ns);
    this.context.emit(exchange);
  }

  /** Where a length, plausible flags and a question follow each other. */
  resync(_side: Side, window: Window): number {
    for (let at = window.start; at + LENGTH_BYTES + MIN_MESSAGE <= window.end; at++) {
      const length = word(window.buf, at);
      const from = at + LENGTH_BYTES;
      if (length <= MIN_MESSAGE || from + length > window.end) continue;
      if (word(window.buf, from + 4) === 1 && this.#message.read(window.buf, from, from + length) && this.#message.whole) return at - window.start;
    }
    return -1;
  }

  halfClosed(): void {
    // A client may end its side and still read the answers.
  }

  expire(before: number, now: number): void {
    for (const [key, exchange] of this.#pending) {
      if (exchange.startNs >= before) break;
      this.#pending.delete(key);
      this.#noResponse(exchange, 'no response within the time limit', now);
    }
    for (const [key, exchange] of this.#early) if (exchange.startNs < before) this.#early.delete(key);
  }

  finish(reason: EndReason, ns: number): void {
    if (reason !== 'shutdown_of_agent') for (const exchange of this.#pending.values()) this.#noResponse(exchange, WHY[reason], ns);
    const passing = this.#passing[1];
    if (passing !== null) {
      passing.incomplete = 'truncated';
      this.context.emit(passing);
    }
    this.#passing.fill(null);
    this.#pending.clear();
    this.#early.clear();
  }

  pending(): number {
    return this.#pending.size;
  }

  /** False when the bytes are no message. */
  #read(side: Side, window: Window, from: number, to: number, bytes: number, passesBy: boolean): boolean {
    const message = this.#message;
    if (!message.read(window.buf, from, to)) return false;
    // Both ends of a socket may ask and answer: what the message says counts, not the side it came from.
    const exchange = message.isResponse ? this.#response(window, from, to, bytes, !passesBy) : this.#query(window, from, to, bytes);
    if (passesBy) this.#passing[side] = exchange;
    return true;
  }

  #query(window: Window, from: number, to: number, bytes: number): Exchange | null {
    const key = this.#key();
    const known = this.#pending.get(key);
    if (known !== undefined) {
      const attributes = (known.attributes ??= {});
      attributes['dns.retries'] = Number(attributes['dns.retries'] ?? 0) + 1;
      return null;
    }
    const exchange = newExchange('dns');
    exchange.operation = this.#message.operation;
    exchange.resource = this.#message.name;
    exchange.startNs = window.firstNs;
    exchange.requestUnreadNs = window.firstUnreadNs;
    exchange.requestEndNs = exchange.endNs = window.lastNs;
    exchange.requestBytes = bytes;
    exchange.requestTid = window.lastTid;
    exchange.requestPayload = this.context.copy(window.buf, from, to);
    if (this.#adoptEarly(key, exchange)) return null;
    if (this.#pending.size >= MAX_PENDING) this.#giveUpOldest(window.lastNs);
    this.#pending.set(key, exchange);
    return exchange;
  }

  #response(window: Window, from: number, to: number, bytes: number, isComplete: boolean): Exchange | null {
    const key = this.#message.questions === 0 ? this.#keyById() : this.#key();
    const known = this.#pending.get(key);
    const exchange = known ?? newExchange('dns');
    responseStarts(exchange, window);
    exchange.endNs = window.lastNs;
    exchange.responseBytes = bytes;
    exchange.responseTid = window.lastTid;
    exchange.responsePayload = this.context.copy(window.buf, from, to);
    this.#describe(exchange);
    if (known === undefined) {
      exchange.startNs = window.firstNs;
      if (isComplete) this.#rememberEarly(key, exchange);
      return null;
    }
    this.#pending.delete(key);
    if (exchange.responseStartNs < exchange.requestEndNs) exchange.responseStartNs = exchange.requestEndNs;
    if (exchange.endNs < exchange.responseStartNs) exchange.endNs = exchange.responseStartNs;
    if (!isComplete) return exchange;
    this.context.emit(exchange);
    return null;
  }

  #describe(exchange: Exchange): void {
    const message = this.#message;
    const attributes = (exchange.attributes ??= {});
    if (message.answerText !== '') attributes['dns.answers'] = message.answerText;
    if (message.ttlSeconds >= 0) attributes['dns.ttl_seconds'] = message.ttlSeconds;
    attributes['dns.answer_count'] = message.answers;
    if (message.truncated) attributes['dns.truncated'] = 1;
    exchange.status = String(message.rcode);
    if (message.rcode === 0) return;
    exchange.error = 'protocol_error';
    exchange.errorText = [rcodeName(message.rcode), message.extendedError].filter(Boolean).join(', ').slice(0, MAX_ERROR_TEXT);
  }

  /** Answers to queries sent twice and multicast announcements end here too: the newest ones are enough. */
  #rememberEarly(key: string, exchange: Exchange): void {
    if (this.#early.size >= MAX_EARLY) this.#early.delete(this.#early.keys().next().value!);
    this.#early.set(key, exchange);
  }

  /** The response was seen first, in a race of two threads: the query takes it over. */
  #adoptEarly(key: string, query: Exchange): boolean {
    const early = this.#early.get(key);
    if (early === undefined) return false;
    this.#early.delete(key);
    if (query.startNs - early.responseStartNs > RACE_NS) return false;
    query.responseStartNs = query.endNs = Math.max(early.responseStartNs, query.requestEndNs);
    query.responseUnreadNs = early.responseUnreadNs;
    query.responseBytes = early.responseBytes;
    query.responseTid = early.responseTid;
    query.responsePayload = early.responsePayload;
    query.status = early.status;
    query.error = early.error;
    query.errorText = early.errorText;
    query.attributes = early.attributes;
    this.context.emit(query);
    return true;
  }

  #key(): string {
    const { id, type, name } = this.#message;
    return `${id} ${type} ${name}`;
  }

  /** A server that could not read the question answers without it (FORMERR). */
  #keyById(): string {
    const prefix = `${this.#message.id} `;
    for (const key of this.#pending.keys()) if (key.startsWith(prefix)) return key;
    return prefix;
  }

  #giveUpOldest(ns: number): void {
    const [key, oldest] = this.#pending.entries().next().value!;
    this.#pending.delete(key);
    oldest.incomplete = 'pending_overflow';
    this.#noResponse(oldest, 'too many queries wait on this socket', ns);
  }

  #noResponse(exchange: Exchange, why: string, ns: number): void {
    exchange.error = 'no_response';
    exchange.errorText = why;
    exchange.endNs = Math.max(exchange.endNs, ns);
    this.context.emit(exchange);
  }
}
