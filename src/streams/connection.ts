/** One connection (of an unconnected datagram socket: one peer): what it speaks, its two sides, its parser. */
import { IN, type ConnectionCounters, type ConnectionOpened, type Direction, type Nanoseconds, type Role } from '../events/observation.js';
import {
  REQUEST, RESPONSE, type EndReason, type Exchange, type Parser, type ParserContext, type Protocol, type Window,
} from '../protocols/protocol.js';
import type { Chunk } from './chunk.js';
import { Classifier } from './classify.js';
import { SideStream } from './side.js';

/** After so many refusals in a row the classification was wrong, or the stream is beyond help. */
const MAX_REFUSED = 16;
/** The same after so many chunks without a message boundary: long messages that were joined in their middle are shorter. */
const MAX_UNSYNCED = 256;
/** How often a connection may be classified anew. */
const MAX_CLASSIFICATIONS = 3;

/** What the connection needs from its surroundings. One object for all connections. */
export interface Surroundings {
  protocols: readonly Protocol[];
  window: Window;
  copy: ParserContext['copy'];
  /** Who opened it, for connections whose beginning nobody saw: asked once, when it is classified. */
  roleOf(info: ConnectionOpened): Role;
  emit(connection: TracedConnection, exchange: Exchange): void;
  /** Requests that waited for their response and are forgotten. */
  dropped(pending: number): void;
  /** No protocol fits. */
  unclassified(connection: TracedConnection): void;
  /** Payload bytes per call that the kernel shall copy from now on. */
  setCapture(connectionId: number, bytes: number): void;
}

export type State = 'classifying' | 'parsing' | 'opaque' | 'unknown';

export class TracedConnection implements ParserContext {
  state: State = 'classifying';
  role: Role;
  protocol = '';
  /** Of the last byte. */
  lastNs: Nanoseconds;
  /** Bytes that data events told of; the kernel's own counters tell at the end whether that was all. */
  seenBytes = 0;
  /** Process that used it last: sockets are inherited. */
  holder: number;
  /** Set by whoever names connections; looked up once. */
  facts: unknown = undefined;
  connectNs: number | null = null;
  #parser: Parser | undefined;
  #classifier: Classifier | undefined;
  #classifications = 0;
  #requests: Direction = IN;
  #sides: [SideStream, SideStream] | undefined;
  #capture = -1;
  readonly copy: ParserContext['copy'];

  constructor(readonly info: ConnectionOpened, private readonly surroundings: Surroundings) {
    this.role = info.role;
    this.holder = info.pid;
    this.lastNs = info.ts;
    this.copy = surroundings.copy;
  }

  emit(exchange: Exchange): void {
    this.surroundings.emit(this, exchange);
  }

  data(direction: Direction, chunk: Chunk): void {
    this.lastNs = chunk.ns;
    this.seenBytes += chunk.bytes;
    if (this.state === 'parsing') this.#feed(direction, chunk);
    else if (this.state === 'classifying') this.#classify(direction, chunk);
  }

  shutdown(by: 'local' | 'remote', ns: Nanoseconds): void {
    if (!this.#parser || this.#parser.opaque) return;
    const local = by === 'local';
    this.#parser.halfClosed(local === (this.#requests !== IN) ? REQUEST : RESPONSE, ns);
  }

  finish(reason: EndReason, ns: Nanoseconds): void {
    this.#parser?.finish(reason, ns);
    this.#parser = undefined;
    if (this.state === 'parsing') this.state = 'opaque';
  }

  expire(before: Nanoseconds, now: Nanoseconds): void {
    this.#parser?.expire(before, now);
  }

  pending(): number {
    return this.#parser?.pending() ?? 0;
  }

  /** Bytes kept of unfinished messages. */
  heldBytes(): number {
    if (this.#classifier !== undefined) return this.#classifier.heldBytes();
    return this.#sides === undefined ? 0 : this.#sides[0].keptBytes() + this.#sides[1].keptBytes();
  }

  /** All that is held is let go: the connection is then as one that was joined in mid-stream. */
  forget(ns: Nanoseconds): void {
    if (this.#classifier !== undefined) this.#classifications++;
    this.#classifier = undefined;
    this.#reconsider(ns);
  }

  /** Bytes that the kernel counted and no event told of; of connections that are only counted, none are missed. */
  unseenBytes(counters: ConnectionCounters): number {
    return this.state === 'parsing' || this.state === 'classifying' ? Math.max(0, counters.bytesIn + counters.bytesOut - this.seenBytes) : 0;
  }

  #classify(direction: Direction, chunk: Chunk): void {
    this.#classifier ??= this.#newClassifier(chunk);
    const found = this.#classifier.offer(direction, chunk);
    if (found === undefined) return;
    this.#classifier = undefined;
    if (found === null) return this.#giveUp('unknown');
    this.#classifications++;
    this.#requests = found.requests;
    if (this.role === 'unknown') this.role = found.requests === IN ? 'server' : 'client';
    const transport = this.info.transport === 'udp' ? 'datagram' : 'stream';
    const joined = transport === 'stream' && (this.info.preexisting || found.held[0].chunk.position !== 0 || this.#classifications > 1);
    const parser = found.protocol.create(this, transport, joined);
    this.#parser = parser;
    this.protocol = found.protocol.name;
    const { window } = this.surroundings;
    this.#sides = [
      new SideStream(REQUEST, parser, window, joined, transport), new SideStream(RESPONSE, parser, window, joined, transport),
    ];
    this.state = 'parsing';
    for (const { direction: heard, chunk: held } of found.held) if (this.state === 'parsing') this.#feed(heard, held);
  }

  #newClassifier(chunk: Chunk): Classifier {
    // What the kernel saw at the connection's opening is certain; a guess by listening ports is the second best.
    if (this.role === 'unknown') this.role = this.surroundings.roleOf(this.info);
    const requests = this.role === 'server' ? IN : this.role === 'client' ? 1 : undefined;
    const joined = this.info.preexisting || chunk.position !== 0 || this.#classifications > 0;
    return new Classifier(this.surroundings.protocols, this.info.transport === 'udp' ? 'datagram' : 'stream', joined, requests);
  }

  #feed(direction: Direction, chunk: Chunk): void {
    const parser = this.#parser!;
    const side = this.#sides![direction === this.#requests ? REQUEST : RESPONSE];
    side.feed(chunk);
    if (parser.opaque) return this.#giveUp('opaque');
    if (side.refused > MAX_REFUSED || side.unsynced > MAX_UNSYNCED) {
      this.surroundings.dropped(parser.pending());
      return this.#reconsider(chunk.ns);
    }
    if (parser.capture !== this.#capture) {
      this.#capture = parser.capture;
      this.surroundings.setCapture(this.info.id, parser.capture);
    }
  }

  /** The protocol was taken for another: confidence can be lost again. */
  #reconsider(ns: Nanoseconds): void {
    this.#parser?.finish('shutdown_of_agent', ns);
    this.#parser = undefined;
    this.#sides = undefined;
    this.protocol = '';
    if (this.#classifications >= MAX_CLASSIFICATIONS) this.#giveUp('unknown');
    else this.state = 'classifying';
  }

  #giveUp(state: 'opaque' | 'unknown'): void {
    this.state = state;
    if (state === 'unknown') this.surroundings.unclassified(this);
    // A socket that serves many peers is judged by each of them: its capture stays.
    if (this.info.transport !== 'udp') this.surroundings.setCapture(this.info.id, 0);
  }
}
