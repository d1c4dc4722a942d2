/**
 * The last exchanges of one process. Kept by column, not as objects: each would outlive the young generation and die in the old one,
 * tens of thousands a minute on the thread that must keep up with the kernel.
 */
import type { RequestRecord } from '../requests/record.js';
import type { Exchange } from './both-ends.js';

/** Of each exchange, in `#texts`. */
enum Text { id, role, comm, service, peerService, protocol, operation, endpoint, client, server, error }
const TEXTS = 11;
/** In `#numbers`; NaN for null. */
enum Num { startNs, endNs, pid, requestTid, responseTid, connectNs, unreadNs, sendNs, waitNs, responseUnreadNs }
const NUMBERS = 10;
const FIRST_ROOM = 64;
/** They are added in order of their ends, but for those that were given up late. */
const DISORDER_NS = 50e6;

/** Monotonic ns; what is left out does not matter. */
export interface Wanted { startedBy?: number; endedFrom?: number; endedBefore?: number; role?: RequestRecord['role'] }

export class ExchangeRing {
  readonly #texts: string[] = [];
  #numbers = new Float64Array(FIRST_ROOM * NUMBERS);
  #length = 0;
  /** Where the oldest is overwritten; at the end while it grows. */
  #next = 0;

  get length(): number {
    return this.#length;
  }

  /** The next one takes the oldest's place, unless `grow` comes first. */
  get isFull(): boolean {
    return this.#next === this.#length;
  }

  /** Of the newest. */
  get endNs(): number {
    return this.#numbers[this.#newest() * NUMBERS + Num.endNs];
  }

  get service(): string {
    return this.#texts[this.#newest() * TEXTS + Text.service];
  }

  get comm(): string {
    return this.#texts[this.#newest() * TEXTS + Text.comm];
  }

  /** @param grow when it is full: becomes larger instead of forgetting the oldest */
  add(record: RequestRecord, startNs: number, endNs: number, grow: boolean): void {
    if (this.isFull) {
      if (grow) this.#grow();
      else this.#next = 0;
    }
    this.#write(this.#next++, record, startNs, endNs);
  }

  /** Newest first, in order of their ends. */
  *find({ startedBy = Infinity, endedFrom = -Infinity, endedBefore = Infinity, role }: Wanted): Generator<Exchange> {
    for (let i = 0; i < this.#length; i++) {
      const at = (this.#next - 1 - i + 2 * this.#length) % this.#length;
      const endNs = this.#numbers[at * NUMBERS + Num.endNs];
      if (endNs < endedFrom - DISORDER_NS) return;
      if (endNs < endedFrom || endNs >= endedBefore || this.#numbers[at * NUMBERS + Num.startNs] > startedBy) continue;
      if (role === undefined || this.#texts[at * TEXTS + Text.role] === role) yield this.#read(at);
    }
  }

  #newest(): number {
    return (this.#next - 1 + this.#length) % this.#length;
  }

  #grow(): void {
    this.#length++;
    if (this.#length * NUMBERS <= this.#numbers.length) return;
    const larger = new Float64Array(this.#numbers.length * 2);
    larger.set(this.#numbers);
    this.#numbers = larger;
  }

  /** Without payloads and texts: kilobytes of them. */
  #write(at: number, record: RequestRecord, startNs: number, endNs: number): void {
    const texts = this.#texts;
    const t = at * TEXTS;
    texts[t + Text.id] = record.id;
    texts[t + Text.role] = record.role;
    texts[t + Text.comm] = record.comm;
    texts[t + Text.service] = record.service;
    texts[t + Text.peerService] = record.peerService;
    texts[t + Text.protocol] = record.protocol;
    texts[t + Text.operation] = record.operation;
    texts[t + Text.endpoint] = record.endpoint;
    texts[t + Text.client] = record.client;
    texts[t + Text.server] = record.server;
    texts[t + Text.error] = record.error;
    const numbers = this.#numbers;
    const n = at * NUMBERS;
    numbers[n + Num.startNs] = startNs;
    numbers[n + Num.endNs] = endNs;
    numbers[n + Num.pid] = record.pid;
    numbers[n + Num.requestTid] = record.requestTid;
    numbers[n + Num.responseTid] = record.responseTid;
    numbers[n + Num.connectNs] = record.connectNs ?? NaN;
    numbers[n + Num.unreadNs] = record.unreadNs ?? NaN;
    numbers[n + Num.sendNs] = record.sendNs ?? NaN;
    numbers[n + Num.waitNs] = record.waitNs ?? NaN;
    numbers[n + Num.responseUnreadNs] = record.responseUnreadNs ?? NaN;
  }

  #read(at: number): Exchange {
    const text = (which: Text): string => this.#texts[at * TEXTS + which];
    const number = (which: Num): number => this.#numbers[at * NUMBERS + which];
    const orNull = (which: Num): number | null => Number.isNaN(number(which)) ? null : number(which);
    return {
      startNs: number(Num.startNs), endNs: number(Num.endNs),
      record: {
        id: text(Text.id), role: text(Text.role) as RequestRecord['role'], pid: number(Num.pid), comm: text(Text.comm), service: text(Text.service),
        peerService: text(Text.peerService), protocol: text(Text.protocol), operation: text(Text.operation), endpoint: text(Text.endpoint),
        client: text(Text.client), server: text(Text.server), error: text(Text.error) as RequestRecord['error'],
        requestTid: number(Num.requestTid), responseTid: number(Num.responseTid), connectNs: orNull(Num.connectNs), unreadNs: orNull(Num.unreadNs),
        sendNs: orNull(Num.sendNs), waitNs: orNull(Num.waitNs), responseUnreadNs: orNull(Num.responseUnreadNs),
      },
    };
  }
}
