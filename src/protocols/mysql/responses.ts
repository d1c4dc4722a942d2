/** Reads the server's side: what each packet is, given the command it answers, and when the answer is complete. */
import type { Window } from '../protocol.js';
import { MORE, newExchange, responseStarts } from '../protocol.js';
import { Prefix } from '../sql/prefix.js';
import { readGreeting } from './handshake.js';
import * as packet from './packets.js';
import type { Waiting } from './pending.js';
import type { Session } from './session.js';
import { affectedRows, errorCode, errorText, statusFlags } from './status.js';

/** A packet whose payload is read is waited for up to here. */
const MAX_STATUS_BYTES = 1024;

/** What comes next of the first answer. */
const FIRST = 0;
const COLUMNS = 1;
/** EOF where the client wants it, then rows. */
const AFTER_COLUMNS = 2;
const ROWS = 3;
const PARAMETERS = 4;
const AFTER_PARAMETERS = 5;
const PREPARED_COLUMNS = 6;
const AFTER_PREPARED_COLUMNS = 7;
type Phase =
  | typeof FIRST | typeof COLUMNS | typeof AFTER_COLUMNS | typeof ROWS | typeof PARAMETERS | typeof AFTER_PARAMETERS
  | typeof PREPARED_COLUMNS | typeof AFTER_PREPARED_COLUMNS;

export class ResponseReader {
  private readonly payload: Prefix;
  private phase: Phase = FIRST;
  /** Definitions still to come in this phase. */
  private left = 0;
  /** Columns of the statement being prepared. */
  private preparedColumns = 0;
  private rows = 0;
  /** The packet before was one of the largest: it goes on. */
  private continued = false;
  /** The command whose answer has begun. */
  private current: Waiting | null = null;

  constructor(private readonly session: Session) {
    this.payload = new Prefix(session.pending.context);
  }

  read(window: Window): number {
    const { buf, start, end } = window;
    const oneCall = window.firstNs === window.lastNs && window.firstTid === window.lastTid;
    let at = start;
    let last: number = MORE;
    this.payload.resume(at);
    do {
      last = this.packet(window, at);
      if (last <= 0) break;
      at += last;
    } while (oneCall && at < end && !this.session.opaque);
    this.payload.suspend(buf, Math.min(at, end));
    return at === start ? last : at - start;
  }

  private packet(window: Window, at: number): number {
    const { buf, end } = window;
    if (end - at < packet.HEADER_BYTES) return MORE;
    const length = packet.payloadBytes(buf, at);
    const bytes = length + packet.HEADER_BYTES;
    if (at + bytes > end && window.missing === 0 && this.mustWait(buf, at, end)) return MORE;
    const { pending } = this.session;
    const wasContinued = this.continued;
    this.continued = length === packet.MAX_PACKET_BYTES;
    pending.idle = false;
    const first = pending.queue.first();
    if (first === undefined) {
      if (!wasContinued) this.unasked(window, at, length);
      return bytes;
    }
    if (this.current !== first) {
      if (wasContinued || (first.sequence >= 0 && buf[at + 3] !== first.sequence)) return bytes;
      this.begin(first);
    }
    this.count(window, at, bytes, first);
    if (!wasContinued) this.step(window, at, length, first);
    return bytes;
  }

  /** Rows are passed over by their header and first byte, once the payload has its bytes. */
  private mustWait(buf: Uint8Array, at: number, end: number): boolean {
    const seen = end - at;
    if (seen <= packet.HEADER_BYTES) return true;
    const kind = buf[at + packet.HEADER_BYTES];
    const isStatus = this.phase === FIRST || kind === packet.OK || kind === packet.EOF || kind === packet.ERR;
    return (isStatus && seen < MAX_STATUS_BYTES) || seen < this.payload.wanted(at);
  }

  /** A packet with another sequence number is left over from an answer of which we have lost the track. */
  private begin(first: Waiting): void {
    this.current = first;
    this.phase = first.answer === packet.LIST ? ROWS : FIRST;
    this.rows = 0;
    this.payload.drop();
  }

  private count(window: Window, at: number, bytes: number, first: Waiting): void {
    const { exchange } = first;
    if (exchange === null) return;
    if (exchange.responseStartNs !== exchange.responseStartNs) responseStarts(exchange, window);
    if (exchange.responseBytes === 0 && first.answer !== packet.AUTHENTICATION) this.payload.begin(at);
    exchange.responseBytes += bytes;
  }

  private step(window: Window, at: number, length: number, first: Waiting): void {
    const { buf } = window;
    const from = at + packet.HEADER_BYTES;
    const to = Math.min(from + length, window.end);
    const kind = from < to ? buf[from] : -1;
    switch (this.phase) {
      case ROWS: this.row(window, from, to, length, kind, first); break;
      case COLUMNS: if (--this.left === 0) this.phase = AFTER_COLUMNS; break;
      case AFTER_COLUMNS: this.afterColumns(window, from, to, length, kind, first); break;
      case FIRST: this.first(window, from, to, length, kind, first); break;
      default: this.prepared(window, from, to, length, kind); break;
    }
  }

  private first(window: Window, from: number, to: number, length: number, kind: number, first: Waiting): void {
    if (kind === packet.ERR) return this.failed(window, from, to, first);
    switch (first.answer) {
      case packet.RESULT: this.result(window, from, to, length, kind, first); break;
      case packet.PREPARED: this.prepareOk(window, from, to, first); break;
      case packet.AUTHENTICATION: if (kind === packet.OK) this.authenticated(window, to); break;
      case packet.ENDLESS: this.finish(window, to); this.session.opaque = true; break;
      default: this.finish(window, to);
    }
  }

  private authenticated(window: Window, to: number): void {
    this.finish(window, to);
    if (this.session.compressed) this.session.opaque = true;
  }

  private result(window: Window, from: number, to: number, length: number, kind: number, first: Waiting): void {
    const { buf } = window;
    if (kind === packet.OK || (kind === packet.EOF && length < 9)) {
      if (kind === packet.OK) addRows(first, affectedRows(buf, from));
      this.finishUnlessMore(window, statusFlags(buf, from, to), to);
    } else if (kind === packet.LOCAL_INFILE) {
      this.session.infile = true;
      // The answer proper begins after the file.
      if (first.exchange !== null) first.exchange.responseStartNs = NaN;
    } else {
      const size = packet.lenencSize(buf, from);
      this.left = packet.lenenc(buf, from);
      // A second byte says whether definitions follow, where both ends may leave out those already known.
      if (length > size && from + size < to && buf[from + size] === 0) this.left = 0;
      this.rows = 0;
      this.phase = this.left === 0 ? AFTER_COLUMNS : COLUMNS;
    }
  }

  private afterColumns(window: Window, from: number, to: number, length: number, kind: number, first: Waiting): void {
    this.phase = ROWS;
    if (kind !== packet.EOF || length !== packet.EOF_BYTES) return this.row(window, from, to, length, kind, first);
    this.session.deprecateEof = false;
    // A cursor was opened: its rows are fetched by commands of their own.
    if ((statusFlags(window.buf, from, to) & packet.CURSOR_EXISTS) !== 0) this.finish(window, to);
  }

  private row(window: Window, from: number, to: number, length: number, kind: number, first: Waiting): void {
    if (kind === packet.ERR) this.failed(window, from, to, first);
    else if (kind === packet.EOF && length < packet.MAX_PACKET_BYTES) {
      addRows(first, this.rows);
      this.finishUnlessMore(window, statusFlags(window.buf, from, to), to);
    } else this.rows++;
  }

  private prepareOk(window: Window, from: number, to: number, first: Waiting): void {
    const { buf } = window;
    if (to - from < 9) return this.finish(window, to);
    if (first.statement !== null) this.session.remember(packet.uint32(buf, from + 1), first.statement);
    this.preparedColumns = packet.uint16(buf, from + 5);
    this.left = packet.uint16(buf, from + 7);
    if (this.left > 0) this.phase = PARAMETERS;
    else this.columnsNext(window, to);
  }

  private columnsNext(window: Window, to: number): void {
    this.left = this.preparedColumns;
    if (this.left > 0) this.phase = PREPARED_COLUMNS;
    else this.finish(window, to);
  }

  /** Definitions of parameters, then of columns, each followed by EOF where the client wants it. */
  private prepared(window: Window, from: number, to: number, length: number, kind: number): void {
    const { session } = this;
    if (this.phase === AFTER_PARAMETERS || this.phase === AFTER_PREPARED_COLUMNS) {
      const isEof = kind === packet.EOF && length === packet.EOF_BYTES;
      session.deprecateEof = !isEof;
      if (this.phase === AFTER_PREPARED_COLUMNS) return this.finish(window, to);
      this.columnsNext(window, to);
      if (isEof || this.left === 0) return;
    }
    if (--this.left > 0) return;
    const wantsEof = session.deprecateEof === false;
    if (session.deprecateEof === null && (this.phase === PREPARED_COLUMNS || this.preparedColumns === 0)) this.markUnsureEnd();
    if (this.phase === PARAMETERS) {
      // Not known yet: if columns follow, the next packet tells.
      if (wantsEof || (session.deprecateEof === null && this.preparedColumns > 0)) this.phase = AFTER_PARAMETERS;
      else this.columnsNext(window, to);
    } else if (wantsEof) this.phase = AFTER_PREPARED_COLUMNS;
    else this.finish(window, to);
  }

  /** Joined in mid-stream, it is not known whether one more packet, an EOF, belongs to the answer. */
  private markUnsureEnd(): void {
    const exchange = this.session.pending.queue.first()?.exchange ?? null;
    if (exchange !== null && exchange.incomplete === '') exchange.incomplete = 'joined_mid_stream';
  }

  private failed(window: Window, from: number, to: number, first: Waiting): void {
    const { buf } = window;
    const code = errorCode(buf, from, to);
    if (code === packet.PROGRESS) return;
    const { exchange } = first;
    if (exchange !== null) {
      exchange.error = 'protocol_error';
      exchange.status = String(code);
      exchange.errorText = errorText(buf, from, to);
    }
    this.finish(window, to);
  }

  private finishUnlessMore(window: Window, flags: number, to: number): void {
    if ((flags & packet.MORE_RESULTS) === 0) this.finish(window, to);
    else this.phase = FIRST;
  }

  private finish(window: Window, to: number): void {
    const { pending } = this.session;
    const { exchange } = pending.queue.first()!;
    if (exchange !== null) exchange.responsePayload = this.payload.take(window.buf, to);
    else this.payload.drop();
    this.current = null;
    this.phase = FIRST;
    pending.finishFirst(window);
  }

  /** The greeting, a refusal in its place, or the rest of an answer whose command we did not see. */
  private unasked(window: Window, at: number, length: number): void {
    const { buf } = window;
    const { session } = this;
    const from = at + packet.HEADER_BYTES;
    const to = Math.min(from + length, window.end);
    const sequence = buf[at + 3];
    if (sequence === 0 && buf[from] === packet.GREETING && to - from > 20) {
      session.serverCapabilities = readGreeting(buf, from, to);
      session.handshakeDue = true;
    } else if (sequence === 0 && session.handshakeDue && buf[from] === packet.ERR) this.refused(window, from, to, length);
    else if (sequence === 1 && session.pending.doubt === '') session.pending.doubt = 'gap';
  }

  /** Too many connections, host blocked: an error instead of the greeting. */
  private refused(window: Window, from: number, to: number, length: number): void {
    const { buf } = window;
    const exchange = newExchange('mysql');
    exchange.operation = 'login';
    exchange.startNs = window.firstNs;
    exchange.requestEndNs = window.firstNs;
    exchange.responseStartNs = window.firstNs;
    exchange.endNs = window.lastNs;
    exchange.responseTid = window.lastTid;
    exchange.responseBytes = length + packet.HEADER_BYTES;
    exchange.error = 'protocol_error';
    exchange.status = String(errorCode(buf, from, to));
    exchange.errorText = errorText(buf, from, to);
    this.session.pending.context.emit(exchange);
  }

  /** After a hole in an answer, only its end can be recognised. */
  lost(): void {
    this.payload.drop();
    this.phase = ROWS;
    this.current = this.session.pending.queue.first() ?? null;
    this.continued = false;
  }
}

function addRows(waiting: Waiting, rows: number): void {
  waiting.rows = Math.max(0, waiting.rows) + rows;
}
