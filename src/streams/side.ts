/**
 * One direction of a connection by byte position: gaps are seen, bytes that the parser passes over are skipped, what it
 * cannot use yet is kept, and after a loss it finds a message boundary again.
 */
import type { Nanoseconds } from '../events/observation.js';
import { LOST, MORE, type IncompleteReason, type Parser, type Side, type Window } from '../protocols/protocol.js';
import { changed, type Chunk } from './chunk.js';

/** Bytes of an unfinished message kept for one side; beyond it the message is given up. */
export const MAX_KEPT = 256 * 1024;

const EMPTY = new Uint8Array(0);

export class SideStream {
  /** Position of the next byte; -1 before the first. */
  #next = -1;
  /** The parser wants nothing before this position. */
  #passTo = -1;
  #resyncing: boolean;
  #kept: Uint8Array = EMPTY;
  #keptLength = 0;
  #keptNs = 0;
  #keptUnreadNs = 0;
  #keptTid = 0;
  /** Bytes that were never seen. */
  lostBytes = 0;
  /** Consecutive times that the parser could not make sense of the bytes. */
  refused = 0;
  /** Consecutive chunks in which no message boundary was found after a loss. */
  unsynced = 0;

  /** @param transport of datagrams each is a window of its own: positions are the socket's, over all its peers */
  constructor(
    private readonly side: Side, private readonly parser: Parser, private readonly window: Window, joined: boolean,
    private readonly transport: 'stream' | 'datagram' = 'stream',
  ) {
    this.#resyncing = joined;
    // Of a stream seen from its beginning the first byte may be missing, too.
    if (!joined) this.#next = 0;
  }

  feed(chunk: Chunk): void {
    if (this.transport === 'datagram') return this.#feedDatagram(chunk);
    if (this.#next >= 0 && chunk.position < this.#next) return this.#feedBehind(chunk);
    let { offset, length } = chunk;
    let missing = chunk.bytes - length;
    const end = chunk.position + chunk.bytes;
    if (this.#next >= 0 && chunk.position > this.#next && this.#passTo < chunk.position) this.#gap(chunk.position, chunk.ns, chunk.tid, 'gap');
    this.#next = end;
    if (this.#passTo >= 0) {
      if (this.#passTo > end) return;
      const skip = this.#passTo - chunk.position;
      this.#passTo = -1;
      this.parser.passed(this.side, chunk.ns, chunk.tid);
      if (skip >= length) {
        missing -= skip - length;
        offset += length;
        length = 0;
      } else {
        offset += skip;
        length -= skip;
      }
      if (length === 0) {
        if (missing > 0) this.#lose(missing, chunk.ns, 'truncated');
        return;
      }
    }
    this.#consume(chunk, offset, length, missing, end);
  }

  #feedDatagram(chunk: Chunk): void {
    this.#open(chunk, chunk.offset, chunk.length, chunk.bytes - chunk.length);
    if (this.parser.parse(this.side, this.window) === LOST) this.refused++;
    else this.refused = 0;
  }

  /** Two threads' calls on one socket can be told the wrong way round: what was counted as lost or seen stays so. */
  #feedBehind(chunk: Chunk): void {
    const seen = this.#next - chunk.position;
    if (seen >= chunk.bytes) return;
    const known = Math.min(seen, chunk.length);
    this.feed(changed(chunk, { position: this.#next, bytes: chunk.bytes - seen, offset: chunk.offset + known, length: chunk.length - known }));
  }

  /** Positions up to here were never seen. */
  #gap(to: number, ns: Nanoseconds, tid: number, reason: IncompleteReason): void {
    let from = this.#next;
    if (this.#passTo >= 0) {
      // The message that was passed over ended somewhere in the hole.
      from = this.#passTo;
      this.#passTo = -1;
      this.parser.passed(this.side, ns, tid);
    }
    this.#keptLength = 0;
    this.#lose(to - from, ns, reason);
  }

  #lose(bytes: number, ns: Nanoseconds, reason: IncompleteReason): void {
    this.lostBytes += bytes;
    this.#resyncing = true;
    this.parser.lost(this.side, bytes, ns, reason);
  }

  #consume(chunk: Chunk, offset: number, length: number, missing: number, end: number): void {
    const { window, parser, side } = this;
    // Where the bytes of this very call start in the window: what is before has an older time.
    const fresh = this.#open(chunk, offset, length, missing);
    while (!parser.opaque && (window.start < window.end || window.missing > 0)) {
      if (this.#resyncing) {
        const skip = window.start < window.end ? parser.resync(side, window) : -1;
        if (skip < 0 || skip > window.end - window.start) {
          if (window.missing > 0) this.lostBytes += window.missing;
          this.unsynced++;
          this.#keptLength = 0;
          return;
        }
        this.#resyncing = false;
        this.unsynced = 0;
        this.#advance(skip, fresh, chunk);
      }
      const consumed = parser.parse(side, window);
      const rest = window.end - window.start;
      if (consumed > rest) return this.#passOver(consumed - rest, end, chunk);
      if (consumed > 0) {
        this.refused = 0;
        this.#advance(consumed, fresh, chunk);
        if (window.start === window.end && window.missing > 0) {
          this.#keptLength = 0;
          return this.#lose(window.missing, chunk.ns, 'truncated');
        }
      } else if (consumed === MORE && window.missing === 0 && rest <= MAX_KEPT) {
        return this.#keep(fresh);
      } else if (consumed === LOST || window.missing === 0) {
        this.refused++;
        this.#resyncing = true;
        parser.lost(side, 0, chunk.ns, 'garbage');
        // What was refused at this byte cannot start here.
        if (rest === 0) break;
        this.#advance(1, fresh, chunk);
      } else {
        this.#keptLength = 0;
        return this.#lose(rest + window.missing, chunk.ns, 'truncated');
      }
    }
    this.#keptLength = 0;
  }

  /** Makes the window: the call's own buffer when nothing was kept, else what was kept with the new bytes behind it. */
  #open(chunk: Chunk, offset: number, length: number, missing: number): number {
    const { window } = this;
    window.missing = missing;
    window.lastNs = chunk.ns;
    window.lastUnreadNs = chunk.unreadNs;
    window.lastTid = chunk.tid;
    if (this.#keptLength === 0) {
      window.buf = chunk.buffer;
      window.start = offset;
      window.end = offset + length;
      window.firstNs = chunk.ns;
      window.firstUnreadNs = chunk.unreadNs;
      window.firstTid = chunk.tid;
      return offset;
    }
    const fresh = this.#keptLength;
    this.#reserve(fresh + length);
    this.#kept.set(chunk.buffer.subarray(offset, offset + length), fresh);
    this.#keptLength = fresh + length;
    window.buf = this.#kept;
    window.start = 0;
    window.end = this.#keptLength;
    window.firstNs = this.#keptNs;
    window.firstUnreadNs = this.#keptUnreadNs;
    window.firstTid = this.#keptTid;
    return fresh;
  }

  #advance(bytes: number, fresh: number, chunk: Chunk): void {
    const { window } = this;
    window.start += bytes;
    if (window.start >= fresh) {
      window.firstNs = chunk.ns;
      window.firstUnreadNs = chunk.unreadNs;
      window.firstTid = chunk.tid;
    }
  }

  #passOver(beyond: number, end: number, chunk: Chunk): void {
    const { window } = this;
    this.refused = 0;
    this.#keptLength = 0;
    const to = end - window.missing + beyond;
    if (to > end) {
      this.#passTo = to;
      return;
    }
    window.start = window.end;
    this.parser.passed(this.side, chunk.ns, chunk.tid);
    if (to < end) this.#lose(end - to, chunk.ns, 'truncated');
  }

  #keep(fresh: number): void {
    const { window } = this;
    const length = window.end - window.start;
    this.#keptNs = window.firstNs;
    this.#keptUnreadNs = window.firstUnreadNs;
    this.#keptTid = window.firstTid;
    if (window.buf === this.#kept && fresh > 0) {
      if (window.start > 0) this.#kept.copyWithin(0, window.start, window.end);
    } else {
      this.#keptLength = 0;
      this.#reserve(length);
      this.#kept.set(window.buf.subarray(window.start, window.end));
    }
    this.#keptLength = length;
  }

  #reserve(bytes: number): void {
    if (this.#kept.length >= bytes) return;
    const larger = new Uint8Array(Math.max(1024, 2 ** Math.ceil(Math.log2(bytes))));
    larger.set(this.#kept.subarray(0, this.#keptLength));
    this.#kept = larger;
  }

  /** Memory held. */
  keptBytes(): number {
    return this.#kept.length;
  }
}
