/**
 * The first bytes of a request or response while it goes by, in windows cut anywhere. The bytes are copied once per window:
 * usually once.
 */
import type { Payload } from '../../streams/payload.js';
import type { ParserContext } from '../protocol.js';
import { PAYLOAD_PREFIX } from '../protocol.js';

export class Prefix {
  private kept: Payload | null = null;
  /** Offset in the window at hand from which bytes are to be kept, or -1. */
  private from = -1;

  constructor(private readonly context: ParserContext) {}

  begin(at: number): void {
    this.kept = null;
    this.from = at;
  }

  /** A new window: what follows belongs to what was begun, if anything. */
  resume(at: number): void {
    if (this.kept !== null) this.from = at;
  }

  get begun(): boolean {
    return this.from >= 0 || this.kept !== null;
  }

  /** Bytes wanted still, counted from `at` of the window at hand. */
  wanted(at: number): number {
    return PAYLOAD_PREFIX - (this.kept === null ? 0 : this.kept.length) - (this.from < 0 ? 0 : at - this.from);
  }

  /** The window ends at `to`, the thing goes on. */
  suspend(buf: Uint8Array, to: number): void {
    if (this.from < 0) return;
    this.kept = this.joined(buf, to);
    this.from = -1;
  }

  /** The thing ends at `to`. */
  take(buf: Uint8Array, to: number): Payload | null {
    const bytes = this.from < 0 ? this.kept : this.joined(buf, to);
    this.drop();
    return bytes;
  }

  drop(): void {
    this.kept = null;
    this.from = -1;
  }

  private joined(buf: Uint8Array, to: number): Payload {
    const { kept, from } = this;
    return kept === null ? this.context.copy(buf, from, Math.min(to, from + PAYLOAD_PREFIX)) : kept.with(buf, from, to);
  }
}
