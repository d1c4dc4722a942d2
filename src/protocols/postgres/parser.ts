/** One PostgreSQL connection. */
import type { EndReason, IncompleteReason, Parser, ParserContext, Side, Window } from '../protocol.js';
import { LOST, REQUEST } from '../protocol.js';
import { findBoundary } from './plausible.js';
import { RequestReader } from './requests.js';
import { ResponseReader } from './responses.js';
import { Turns } from './turns.js';

/** The server writes 8 KB at a time, mid-row: nothing less shows every boundary. */
const CAPTURE_BYTES = 16_384;

export class PostgresParser implements Parser {
  readonly capture = CAPTURE_BYTES;
  private readonly turns: Turns;
  private readonly requests: RequestReader;
  private readonly responses: ResponseReader;

  constructor(context: ParserContext, joined: boolean) {
    this.turns = new Turns(context, joined);
    this.requests = new RequestReader(this.turns, joined);
    this.responses = new ResponseReader(this.turns);
  }

  get opaque(): boolean {
    return this.turns.opaque;
  }

  parse(side: Side, window: Window): number {
    if (window.start >= window.end) return LOST;
    return side === REQUEST ? this.requests.read(window) : this.responses.read(window);
  }

  passed(side: Side, ns: number): void {
    if (side === REQUEST) this.requests.passed(ns);
  }

  lost(side: Side, bytes: number, ns: number, reason: IncompleteReason): void {
    if (side === REQUEST) {
      this.requests.lost();
      this.turns.lostRequests(reason);
    } else {
      this.responses.lost();
      this.turns.lostAnswers(ns, reason);
    }
  }

  resync(side: Side, window: Window): number {
    const { buf, start, end } = window;
    if (side === REQUEST && this.requests.resync(buf, start, end) === 0) return 0;
    return findBoundary(side, buf, start, end);
  }

  halfClosed(side: Side, ns: number): void {
    if (side !== REQUEST) this.turns.finish('closed', ns);
  }

  expire(before: number, now: number): void {
    this.turns.expire(before, now);
  }

  finish(reason: EndReason, ns: number): void {
    this.turns.finish(reason, ns);
  }

  pending(): number {
    return this.turns.pending;
  }
}
