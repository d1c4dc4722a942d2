/** Reads what a client sends first, which has no type byte: encryption requests, CancelRequest, StartupMessage. */
import type { Window } from '../protocol.js';
import { LOST, MORE, newExchange } from '../protocol.js';
import { endOfString, textOf } from '../sql/text.js';
import { CANCEL_REQUEST, GSS_REQUEST, MAX_STARTUP_BYTES, SSL_REQUEST, int32, isStartup } from './messages.js';
import type { Turns } from './turns.js';
import { LOGIN, newTurn } from './turns.js';

const MIN_BYTES = 8;
const TLS_HANDSHAKE = 0x16;
const MAX_VALUE_BYTES = 128;

export class StartupReader {
  /** The next message has no type byte. */
  expected: boolean;

  constructor(private readonly turns: Turns, joined: boolean) {
    this.expected = !joined;
  }

  /** What has a type byte comes after the startup, seen or not. */
  accepts(byte: number): boolean {
    if (byte !== 0 && byte !== TLS_HANDSHAKE) this.expected = false;
    return this.expected;
  }

  read(window: Window): number {
    const { buf, start, end } = window;
    // A client that begins with TLS at once (sslnegotiation=direct).
    if (buf[start] === TLS_HANDSHAKE) {
      this.turns.opaque = true;
      return end - start;
    }
    if (end - start < MIN_BYTES) return MORE;
    if (!isStartup(buf, start)) {
      this.expected = false;
      return LOST;
    }
    const bytes = int32(buf, start);
    if (end - start < bytes && window.missing === 0 && end - start < MAX_STARTUP_BYTES) return MORE;
    const code = int32(buf, start + 4);
    if (code === CANCEL_REQUEST) this.cancel(window, bytes);
    else if (code === SSL_REQUEST || code === GSS_REQUEST) this.turns.encryptionAsked = true;
    else this.login(window, bytes);
    return bytes;
  }

  resync(buf: Uint8Array, start: number, end: number): number {
    if (end - start < MIN_BYTES || buf[start] !== 0 || !isStartup(buf, start)) return -1;
    this.expected = true;
    return 0;
  }

  /** A connection of its own that the server closes without a word. Its bytes are a secret key. */
  private cancel(window: Window, bytes: number): void {
    const exchange = newExchange('postgres');
    exchange.operation = 'cancel';
    exchange.status = '0';
    exchange.startNs = window.firstNs;
    exchange.requestUnreadNs = window.firstUnreadNs;
    exchange.requestEndNs = window.lastNs;
    exchange.endNs = window.lastNs;
    exchange.requestTid = window.firstTid;
    exchange.requestBytes = bytes;
    this.turns.opaque = true;
    this.turns.context.emit(exchange);
  }

  private login(window: Window, bytes: number): void {
    const { buf, start } = window;
    const stop = Math.min(start + bytes, window.end);
    this.readParameters(buf, start + MIN_BYTES, stop);
    const exchange = newExchange('postgres');
    exchange.operation = 'login';
    exchange.startNs = window.firstNs;
    exchange.requestUnreadNs = window.firstUnreadNs;
    exchange.requestEndNs = window.lastNs;
    exchange.requestTid = window.firstTid;
    exchange.requestBytes = bytes;
    exchange.requestPayload = this.turns.context.copy(buf, start, stop);
    this.expected = false;
    // The stream's beginning is here: nothing can be outstanding.
    this.turns.doubt = '';
    this.turns.push(newTurn(LOGIN, exchange, true));
  }

  private readParameters(buf: Uint8Array, from: number, stop: number): void {
    const { turns } = this;
    let at = from;
    while (at < stop && buf[at] !== 0) {
      const nameEnd = endOfString(buf, at, stop);
      const valueEnd = endOfString(buf, nameEnd + 1, stop);
      const name = textOf(buf, at, nameEnd, MAX_VALUE_BYTES);
      if (name === 'user') turns.user = textOf(buf, nameEnd + 1, valueEnd, MAX_VALUE_BYTES);
      else if (name === 'database') turns.database = textOf(buf, nameEnd + 1, valueEnd, MAX_VALUE_BYTES);
      at = valueEnd + 1;
    }
    if (turns.database === '') turns.database = turns.user;
  }
}
