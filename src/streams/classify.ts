/**
 * Which protocol a connection speaks: asked of the first bytes of each direction, decided once. Chunks wait here until it
 * is known and are then fed in their order.
 */
import type { Direction } from '../events/observation.js';
import { CLIENT_SENT, SERVER_SENT, type Protocol } from '../protocols/protocol.js';
import { changed, type Chunk } from './chunk.js';

/** A connection that has not shown what it speaks within these is left alone. */
export const MAX_HELD_CHUNKS = 24;
export const MAX_HELD_BYTES = 64 * 1024;
/** Chunks may be as small as a byte each: fewer bytes than these are no verdict... */
const ENOUGH_BYTES = 1024;
/** ...before so many of them. */
const MAX_SMALL_CHUNKS = 512;
/** A connection joined in mid-stream may be in the middle of a long message: it gets so many times the chance of others. */
const JOINED_ROUNDS = 32;

export interface HeldChunk { direction: Direction; chunk: Chunk }

export interface Classified {
  protocol: Protocol;
  /** The direction in which the client's bytes go, as seen from the observed process. */
  requests: Direction;
  /** What waited, oldest first; of a connection joined in mid-stream only from the first chunk that was recognised. */
  held: HeldChunk[];
}

export class Classifier {
  #held: HeldChunk[] = [];
  #heldBytes = 0;
  #rounds = 0;

  constructor(
    private readonly protocols: readonly Protocol[], private readonly transport: 'stream' | 'datagram',
    private readonly joined: boolean,
    /** Direction of the client's bytes, when the kernel told which end opened the connection. */
    private readonly requests: Direction | undefined,
  ) {}

  /** @returns the answer; undefined: not yet; null: it will not be known */
  offer(direction: Direction, chunk: Chunk): Classified | undefined | null {
    const direct = this.#detect(chunk.buffer, chunk.offset, chunk.offset + chunk.length, direction);
    if (direct) return this.#answer(direct, direction, chunk);
    this.#hold(direction, chunk);
    if (this.transport === 'stream') {
      const found = this.#detectTogether(direction);
      if (found) return found;
    }
    if (!this.#isHopeless()) return undefined;
    this.#held = [];
    this.#heldBytes = 0;
    this.#rounds++;
    return this.joined && this.#rounds < JOINED_ROUNDS ? undefined : null;
  }

  #isHopeless(): boolean {
    if (this.#heldBytes >= MAX_HELD_BYTES) return true;
    return this.#held.length >= (this.#heldBytes >= ENOUGH_BYTES ? MAX_HELD_CHUNKS : MAX_SMALL_CHUNKS);
  }

  /** Some servers read a message's head and its body in two calls: chunks may make sense only together. */
  #detectTogether(direction: Direction): Classified | undefined {
    const earlier = this.#held.filter((held) => held.direction === direction);
    // A connection whose beginning was seen starts with a message; one that was joined may start with the rest of one.
    const starts = this.joined ? [earlier.length - 2, earlier.length - 3, 0] : [0];
    for (const start of starts) {
      if (start < 0 || earlier.length - start < 2) continue;
      const whole = contiguous(earlier.slice(start).map((held) => held.chunk));
      const found = this.#detect(whole, 0, whole.length, direction);
      if (!found) continue;
      const held = this.#held;
      this.#held = [];
      return { ...found, held: this.joined ? held.slice(held.indexOf(earlier[start])) : held };
    }
    return undefined;
  }

  #answer(found: { protocol: Protocol; requests: Direction }, direction: Direction, chunk: Chunk): Classified {
    const held = this.joined ? [] : this.#held;
    this.#held = [];
    return { ...found, held: [...held, { direction, chunk: changed(chunk, {}) }] };
  }

  #detect(buffer: Uint8Array, start: number, end: number, direction: Direction): { protocol: Protocol; requests: Direction } | undefined {
    if (start === end) return undefined;
    for (const protocol of this.protocols) {
      if (!protocol.transports.includes(this.transport)) continue;
      const verdict = protocol.detect(buffer, start, end, this.transport);
      if (verdict !== CLIENT_SENT && verdict !== SERVER_SENT) continue;
      const requests = verdict === CLIENT_SENT ? direction : direction === 0 ? 1 : 0;
      // What the kernel knows about the roles outweighs what bytes look like.
      if (this.requests === undefined || this.requests === requests) return { protocol, requests };
    }
    return undefined;
  }

  #hold(direction: Direction, chunk: Chunk): void {
    const copy = chunk.buffer.slice(chunk.offset, chunk.offset + Math.min(chunk.length, MAX_HELD_BYTES));
    this.#heldBytes += copy.length;
    this.#held.push({ direction, chunk: changed(chunk, { buffer: copy, offset: 0, length: copy.length }) });
  }

  heldBytes(): number {
    return this.#heldBytes;
  }
}

/** The bytes from the first chunk on as far as they follow each other. */
function contiguous(chunks: Chunk[]): Uint8Array {
  const parts: Uint8Array[] = [];
  let next = chunks[0].position;
  for (const chunk of chunks) {
    if (chunk.position !== next) break;
    parts.push(chunk.buffer.subarray(chunk.offset, chunk.offset + chunk.length));
    next = chunk.position + chunk.length;
    if (chunk.length < chunk.bytes) break;
  }
  return Buffer.concat(parts);
}
