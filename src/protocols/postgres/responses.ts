/** Reads the server's side: to which turn each message belongs, and when a turn is answered. */
import type { Window } from '../protocol.js';
import { LOST, MORE, responseStarts } from '../protocol.js';
import { Prefix } from '../sql/prefix.js';
import type { ServerError } from './error-fields.js';
import { readError, rowsOfTag } from './error-fields.js';
import * as message from './messages.js';
import type { Turn, Turns } from './turns.js';
import { EXECUTE, LOGIN } from './turns.js';

/** A message whose body we read is waited for up to here. */
const MAX_BODY_BYTES = 8192;

export class ResponseReader {
  private readonly payload: Prefix;
  /** The error that makes the server skip what follows, up to the next Sync. */
  private failure: ServerError | null = null;
  /** A replication stream runs: its end answers nothing that is pending. */
  private replicating = false;

  constructor(private readonly turns: Turns) {
    this.payload = new Prefix(turns.context);
  }

  read(window: Window): number {
    const { buf, start, end } = window;
    // Messages of one system call share their times; otherwise the stream tells the times of each.
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
    const { turns } = this;
    if (turns.encryptionAsked) return this.encryptionAnswer(buf[at]);
    if (end - at < message.HEADER_BYTES) return MORE;
    const bytes = message.messageBytes(buf, at);
    if (bytes === 0) return LOST;
    if (at + bytes > end && window.missing === 0 && this.mustWait(buf[at], at, end)) return MORE;
    switch (buf[at]) {
      case message.DATA_ROW: this.row(window, at, bytes); break;
      case message.READY: this.ready(window, at, bytes); break;
      case message.COMMAND_COMPLETE: case message.EMPTY_QUERY: case message.PORTAL_SUSPENDED: this.complete(window, at, bytes); break;
      case message.ERROR_RESPONSE: this.error(window, at, bytes); break;
      case message.COPY_IN: this.copyIn(window, at, bytes); break;
      case message.COPY_BOTH: this.copyBoth(window, at, bytes); break;
      case message.NOTICE: case message.PARAMETER_STATUS: case message.NOTIFICATION: this.aside(bytes); break;
      case message.PARSE_COMPLETE: case message.BIND_COMPLETE: case message.CLOSE_COMPLETE: case message.NO_DATA:
      case message.ROW_DESCRIPTION: case message.PARAMETER_DESCRIPTION: case message.COPY_OUT: case message.COPY_DATA:
      case message.COPY_DONE: case message.FUNCTION_RESULT: case message.AUTHENTICATION: case message.BACKEND_KEY:
      case message.NEGOTIATE_VERSION:
        this.part(window, at, bytes);
        break;
      default: return LOST;
    }
    return bytes;
  }

  /** Rows are passed over by their header, once the payload has its bytes. */
  private mustWait(type: number, at: number, end: number): boolean {
    const wanted = type === message.COMMAND_COMPLETE || type === message.ERROR_RESPONSE || type === message.READY
      ? MAX_BODY_BYTES : this.payload.wanted(at);
    return end - at < wanted;
  }

  private encryptionAnswer(byte: number): number {
    this.turns.encryptionAsked = false;
    if (byte === 0x4e) return 1;
    if (byte !== 0x53 && byte !== 0x47) return LOST;
    this.turns.opaque = true;
    return 1;
  }

  /** A message of the first turn's answer. @returns that turn */
  private part(window: Window, at: number, bytes: number): Turn | undefined {
    const { turns } = this;
    turns.idle = false;
    const turn = turns.queue.first();
    if (turn === undefined) {
      turns.groupAnswered = true;
      return undefined;
    }
    const { exchange } = turn;
    if (exchange === null) return turn;
    if (exchange.responseStartNs !== exchange.responseStartNs) responseStarts(exchange, window);
    // A login's answer holds the key that cancels.
    if (!this.payload.begun && turn.kind !== LOGIN && exchange.responseBytes === 0) this.payload.begin(at);
    exchange.responseBytes += bytes;
    return turn;
  }

  private row(window: Window, at: number, bytes: number): void {
    const turn = this.part(window, at, bytes);
    if (turn !== undefined) turn.dataRows++;
  }

  /** Says nothing of the turn, but its bytes lie amid the answer's. */
  private aside(bytes: number): void {
    const turn = this.turns.queue.first();
    if (turn !== undefined && turn.exchange !== null && turn.exchange.responseBytes > 0) turn.exchange.responseBytes += bytes;
  }

  private complete(window: Window, at: number, bytes: number): void {
    const turn = this.part(window, at, bytes);
    if (turn === undefined) return;
    const { buf } = window;
    turn.replied = true;
    let rows = -1;
    if (buf[at] === message.PORTAL_SUSPENDED) rows = turn.dataRows;
    else if (buf[at] === message.COMMAND_COMPLETE && at + bytes <= window.end) rows = rowsOfTag(buf, at + message.HEADER_BYTES, at + bytes);
    if (rows >= 0) turn.rows = Math.max(0, turn.rows) + rows;
    if (turn.kind === EXECUTE && !turn.synced) this.finish(window, at + bytes);
  }

  private error(window: Window, at: number, bytes: number): void {
    const turn = this.part(window, at, bytes);
    const failure = readError(window.buf, at + message.HEADER_BYTES, Math.min(at + bytes, window.end));
    this.failure = failure;
    if (turn === undefined || turn.exchange === null) {
      if (turn !== undefined && turn.kind === EXECUTE && !turn.synced) this.finish(window, at + bytes);
      return;
    }
    turn.replied = true;
    fail(turn, failure.status, failure.text);
    if (turn.kind === LOGIN || (turn.kind === EXECUTE && !turn.synced)) this.finish(window, at + bytes);
  }

  /** The client sends data now: the answer proper begins after it. */
  private copyIn(window: Window, at: number, bytes: number): void {
    const turn = this.part(window, at, bytes);
    if (turn === undefined) return;
    // A Sync that was sent with the Execute is ignored while copying; the client sends another.
    if (turn.kind === EXECUTE) turn.synced = false;
    if (turn.exchange !== null) turn.exchange.responseStartNs = NaN;
  }

  /** Replication: the statement is answered, what follows is a stream of its own. */
  private copyBoth(window: Window, at: number, bytes: number): void {
    const turn = this.part(window, at, bytes);
    this.replicating = true;
    if (turn !== undefined) this.finish(window, at + bytes);
  }

  private ready(window: Window, at: number, bytes: number): void {
    const { turns } = this;
    if (turns.queue.length === 0) {
      // More answers than we know of requests.
      if (turns.doubt === '' && !this.replicating) turns.doubt = 'gap';
    } else {
      for (let turn = turns.queue.first(); turn !== undefined; turn = turns.queue.first()) {
        if (turn.exchange !== null && turn.kind === EXECUTE && !turn.replied) this.skipped(turn);
        else if (turn.exchange !== null && !turn.replied && this.failure !== null) fail(turn, this.failure.status, this.failure.text);
        const { synced } = turn;
        if (synced) this.part(window, at, bytes);
        this.finish(window, at + bytes);
        if (synced) break;
      }
      turns.noteOverlap();
    }
    turns.idle = true;
    this.failure = null;
    this.replicating = false;
  }

  /** ReadyForQuery without its answer: an earlier statement of the batch failed. Otherwise we have lost our place. */
  private skipped(turn: Turn): void {
    if (this.failure !== null) fail(turn, this.failure.status, `not executed: ${this.failure.text}`);
    else if (turn.exchange!.incomplete === '') turn.exchange!.incomplete = 'gap';
  }

  private finish(window: Window, to: number): void {
    const { exchange } = this.turns.queue.first()!;
    if (exchange !== null) exchange.responsePayload = this.payload.take(window.buf, Math.min(to, window.end));
    else this.payload.drop();
    this.turns.finishFirst(window);
  }

  lost(): void {
    this.payload.drop();
    this.failure = null;
  }
}

function fail(turn: Turn, status: string, text: string): void {
  const { exchange } = turn;
  if (exchange === null) return;
  exchange.error = 'protocol_error';
  exchange.status = status;
  exchange.errorText = text.slice(0, 256);
}
