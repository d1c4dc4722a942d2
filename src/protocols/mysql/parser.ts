/** One MySQL or MariaDB connection. */
import type { EndReason, IncompleteReason, Parser, ParserContext, Side, Window } from '../protocol.js';
import { LOST, REQUEST } from '../protocol.js';
import { findBoundary } from './plausible.js';
import { RequestReader } from './requests.js';
import { ResponseReader } from './responses.js';
import { Session } from './session.js';

/** The server writes its network buffer (16 KB by default) at a time, mid-row: nothing less shows every boundary. */
const CAPTURE_BYTES = 16_384;

export class MysqlParser implements Parser {
  readonly capture = CAPTURE_BYTES;
  private readonly session: Session;
  private readonly requests: RequestReader;
  private readonly responses: ResponseReader;

  constructor(context: ParserContext, joined: boolean) {
    this.session = new Session(context, joined);
    this.requests = new RequestReader(this.session);
    this.responses = new ResponseReader(this.session);
  }

  get opaque(): boolean {
    return this.session.opaque;
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
      this.session.pending.lostRequests(reason);
    } else {
      this.session.pending.lostAnswers(ns, reason);
      this.responses.lost();
    }
  }

  resync(side: Side, window: Window): number {
    return findBoundary(side, window.buf, window.start, window.end);
  }

  halfClosed(side: Side, ns: number): void {
    if (side !== REQUEST) this.session.pending.finish('closed', ns);
  }

  expire(before: number, now: number): void {
    this.session.pending.expire(before, now);
  }

  finish(reason: EndReason, ns: number): void {
    this.session.pending.finish(reason, ns);
  }

  pending(): number {
    return this.session.pending.count;
  }
}
