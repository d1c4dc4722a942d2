/**
 * Drives one parser as `streams/` does: chunks in the order of time, leftovers kept per side, bytes passed over,
 * losses and resynchronisation. A datagram is one window of its own.
 */
import { UNKNOWN_NS } from '../../events/observation.js';
import { Payload } from '../../streams/payload.js';
import type { Exchange, Parser, ParserContext, Protocol, Side, Window } from '../protocol.js';
import { LOST, MORE, PAYLOAD_PREFIX, REQUEST, RESPONSE } from '../protocol.js';
import type { Chunk, Step } from './conversation.js';
import { concat, parseConversation } from './conversation.js';

export interface DriveOptions {
  transport?: 'stream' | 'datagram';
  /** The beginning of the connection was not seen: both sides start with `resync`. */
  joined?: boolean;
  /** A parser that leaves more than this unread of one side breaks its bounds. */
  maxLeftoverBytes?: number;
}

const MAX_LEFTOVER_BYTES = 1 << 20;
const EMPTY = new Uint8Array(0);

interface SideState {
  rest: Uint8Array;
  restNs: number;
  restTid: number;
  /** Bytes still to pass over. */
  skip: number;
  resyncing: boolean;
}

export class Driver {
  readonly exchanges: Exchange[] = [];
  readonly parser: Parser;
  /** Calls of `parse` and `resync`: a measure of work. */
  calls = 0;
  /** Most bytes left unread at once. */
  leftoverPeak = 0;
  private readonly sides: [SideState, SideState];
  private readonly datagrams: boolean;
  private readonly maxLeftover: number;
  private readonly window: Window = { buf: EMPTY, start: 0, end: 0, missing: 0, firstNs: 0, firstUnreadNs: UNKNOWN_NS, firstTid: 0, lastNs: 0, lastUnreadNs: UNKNOWN_NS, lastTid: 0 };

  constructor(protocol: Protocol, options: DriveOptions = {}) {
    const context: ParserContext = {
      emit: (exchange) => { this.exchanges.push(exchange); },
      copy: (buf, from, to) => {
        const bytes = buf.slice(from, Math.min(to, from + PAYLOAD_PREFIX));
        return new Payload(bytes, 0, bytes.length);
      },
    };
    const transport = options.transport ?? 'stream';
    const joined = options.joined ?? false;
    this.datagrams = transport === 'datagram';
    this.maxLeftover = options.maxLeftoverBytes ?? MAX_LEFTOVER_BYTES;
    this.parser = protocol.create(context, transport, joined);
    this.sides = [newSide(joined && !this.datagrams), newSide(joined && !this.datagrams)];
  }

  step(step: Step): void {
    if (step.kind === 'finish') this.parser.finish(step.reason, step.ns);
    else if (this.parser.opaque) return;
    else if (step.kind === 'halfClose') this.parser.halfClosed(step.side, step.ns);
    else this.feed(step);
  }

  private feed(chunk: Chunk): void {
    const state = this.sides[chunk.side];
    let { bytes, missing } = chunk;
    if (state.skip > 0) {
      const skipped = Math.min(state.skip, bytes.length + missing);
      state.skip -= skipped;
      missing -= Math.max(0, skipped - bytes.length);
      bytes = bytes.subarray(Math.min(skipped, bytes.length));
      if (state.skip > 0) return;
      this.parser.passed(chunk.side, chunk.ns, chunk.tid);
      if (bytes.length === 0 && missing === 0) return;
    }
    const window = this.openWindow(state, chunk, bytes, missing);
    this.consume(chunk, state, window);
    state.rest = window.buf.slice(window.start, window.end);
    state.restNs = window.firstNs;
    state.restTid = window.firstTid;
    this.leftoverPeak = Math.max(this.leftoverPeak, state.rest.length);
    if (this.datagrams) state.rest = EMPTY;
    else if (state.rest.length > this.maxLeftover) throw new Error(`the parser left ${state.rest.length} bytes unread: it must stay within its bounds`);
  }

  private openWindow(state: SideState, chunk: Chunk, bytes: Uint8Array, missing: number): Window {
    const { window } = this;
    const hasRest = state.rest.length > 0;
    // Something before and after the window, so that a parser which reads beyond its bounds is found out.
    const inner = hasRest ? concat(state.rest, bytes) : bytes;
    window.buf = Buffer.alloc(inner.length + 6, '\r\n0');
    window.buf.set(inner, 3);
    window.start = 3;
    window.end = 3 + inner.length;
    window.missing = missing;
    window.firstNs = hasRest ? state.restNs : chunk.ns;
    window.firstTid = hasRest ? state.restTid : chunk.tid;
    window.lastNs = chunk.ns;
    window.lastTid = chunk.tid;
    return window;
  }

  private consume(chunk: Chunk, state: SideState, window: Window): void {
    const { parser } = this;
    const { side } = chunk;
    const chunkStart = window.end - chunk.bytes.length;
    for (;;) {
      if (parser.opaque || (window.start >= window.end && window.missing === 0)) return;
      this.calls++;
      if (state.resyncing) {
        const offset = parser.resync(side, window);
        if (offset < 0 || offset > window.end - window.start) {
          window.start = window.end;
          return;
        }
        state.resyncing = false;
        advance(window, offset, chunkStart, chunk);
        continue;
      }
      const consumed = parser.parse(side, window);
      const length = window.end - window.start;
      if (consumed === LOST) {
        parser.lost(side, 0, chunk.ns, 'garbage');
        state.resyncing = true;
        // What was refused at this byte cannot start here.
        if (length > 0) advance(window, 1, chunkStart, chunk);
        else return this.drop(window, side, chunk.ns);
      } else if (consumed === MORE) {
        if (this.datagrams || window.missing > 0) {
          state.resyncing = !this.datagrams;
          return this.drop(window, side, chunk.ns);
        }
        return;
      } else if (consumed <= length) {
        advance(window, consumed, chunkStart, chunk);
        if (window.start === window.end && window.missing > 0) {
          state.resyncing = !this.datagrams;
          return this.drop(window, side, chunk.ns);
        }
      } else {
        return this.passOver(state, side, window, consumed - length, chunk);
      }
    }
  }

  /** The parser knows that `bytes` beyond the window belong to its message. */
  private passOver(state: SideState, side: Side, window: Window, bytes: number, chunk: Chunk): void {
    window.start = window.end;
    const skipped = Math.min(bytes, window.missing);
    window.missing -= skipped;
    state.skip = bytes - skipped;
    if (state.skip > 0) return;
    this.parser.passed(side, chunk.ns, chunk.tid);
    if (window.missing > 0) {
      state.resyncing = true;
      this.drop(window, side, chunk.ns);
    }
  }

  /** What is in the window and was not captured behind it cannot be used. */
  private drop(window: Window, side: Side, ns: number): void {
    const bytes = window.end - window.start + window.missing;
    window.start = window.end;
    if (window.missing > 0) this.parser.lost(side, bytes, ns, 'truncated');
    window.missing = 0;
  }
}

function newSide(resyncing: boolean): SideState {
  return { rest: EMPTY, restNs: 0, restTid: 0, skip: 0, resyncing };
}

function advance(window: Window, bytes: number, chunkStart: number, chunk: Chunk): void {
  window.start += bytes;
  if (window.start >= chunkStart) {
    window.firstNs = chunk.ns;
    window.firstTid = chunk.tid;
  }
}

/** The exchanges of a conversation (its text, or its steps), in the order in which the parser emitted them. */
export function converse(protocol: Protocol, conversation: string | Step[], options: DriveOptions = {}): Exchange[] {
  const driver = new Driver(protocol, options);
  const steps = typeof conversation === 'string' ? parseConversation(conversation) : conversation;
  for (const step of steps) driver.step(step);
  return driver.exchanges;
}

/** What `detect` says of the first chunk of each side: `[client's, server's]`. */
export function detectFirst(protocol: Protocol, steps: Step[], transport: 'stream' | 'datagram' = 'stream'): [number, number] {
  const first = (side: Side): number => {
    const chunk = steps.find((step): step is Chunk => step.kind === 'chunk' && step.side === side);
    return chunk ? protocol.detect(chunk.bytes, 0, chunk.bytes.length, transport) : -1;
  };
  return [first(REQUEST), first(RESPONSE)];
}

/** One line per exchange, for comparisons that read well. */
export function summary(exchange: Exchange): string {
  const parts = [exchange.operation, exchange.resource, exchange.status];
  if (exchange.error !== 'none') parts.push(exchange.error);
  if (exchange.incomplete) parts.push(`(${exchange.incomplete})`);
  return parts.filter((part) => part !== '').join(' ');
}
