/**
 * One browser's live view as server-sent events. Its memory is bounded: while the socket is full, rows wait in a queue of
 * fixed size; what does not fit is dropped and counted, and the browser is told the count.
 */
import type { LiveTick, RequestSummary } from './api.js';
import type { LiveSink } from './queries.js';

const QUEUE_ROWS = 500;
const FLUSH_MS = 200;
const HEARTBEAT_MS = 15_000;

/** The part of a response that is needed; `write` returns false when the socket is full. */
export interface StreamOutput {
  write(text: string): boolean;
  once(event: 'drain', listener: () => void): unknown;
}

export class LiveStream implements LiveSink {
  #output: StreamOutput;
  #queue: RequestSummary[] = [];
  #dropped = 0;
  #full = false;
  #tick: LiveTick | null = null;
  #timers: NodeJS.Timeout[];

  constructor(output: StreamOutput) {
    this.#output = output;
    this.#timers = [
      setInterval(() => this.flush(), FLUSH_MS),
      setInterval(() => this.#write(': heartbeat\n\n'), HEARTBEAT_MS),
    ];
    for (const timer of this.#timers) timer.unref();
    // Through proxies too, the browser knows at once that the stream is open.
    this.#write('retry: 2000\n: open\n\n');
  }

  requests(rows: RequestSummary[]): void {
    const room = QUEUE_ROWS - this.#queue.length;
    if (rows.length > room) {
      this.#dropped += rows.length - room;
      rows = rows.slice(0, room);
    }
    for (const row of rows) this.#queue.push(row);
  }

  /** Only the newest tick is worth sending. */
  tick(tick: LiveTick): void {
    this.#tick = tick;
  }

  flush(): void {
    if (this.#full) return;
    if (this.#queue.length > 0) {
      const rows = this.#queue;
      this.#queue = [];
      this.#event('requests', rows);
    }
    if (this.#tick !== null) {
      const tick = { ...this.#tick, dropped: this.#dropped };
      this.#tick = null;
      this.#dropped = 0;
      this.#event('tick', tick);
    }
  }

  close(): void {
    for (const timer of this.#timers) clearInterval(timer);
    this.#queue = [];
  }

  #event(name: string, data: unknown): void {
    this.#write(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  #write(text: string): void {
    if (this.#full && text.startsWith(':')) return;
    if (this.#output.write(text)) return;
    this.#full = true;
    this.#output.once('drain', () => { this.#full = false; });
  }
}
