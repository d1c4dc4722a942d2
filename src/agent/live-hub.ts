/** The live tail: hands requests to whoever watches, and a tick every second. */
import type { LiveTick, RequestSummary } from '../server/api.js';
import type { LiveSink, LiveSource } from '../server/queries.js';
import type { RequestRecord } from '../requests/record.js';
import { toSummary } from './summary.js';

export type RequestPredicate = (record: RequestRecord) => boolean;

const MOST_SERVERS = 10_000;

interface Subscriber { matches: RequestPredicate; sink: LiveSink }

export class LiveHub implements LiveSource {
  private readonly subscribers = new Set<Subscriber>();
  /** Addresses at which a traced process answers, as far as seen. */
  private readonly servers = new Set<string>();

  /**
   * @param compile a filter of the filter language as a function; throws when it cannot be understood
   * @param watched told when the first subscriber comes and the last has gone
   */
  constructor(
    private readonly compile: (filter: string, tracedServers: ReadonlySet<string>) => RequestPredicate,
    private readonly watched: (watched: boolean) => void = () => {},
  ) {}

  get clients(): number {
    return this.subscribers.size;
  }

  subscribe(filter: string, sink: LiveSink): () => void {
    const subscriber = { matches: this.compile(filter, this.servers), sink };
    this.subscribers.add(subscriber);
    if (this.subscribers.size === 1) this.watched(true);
    return () => {
      if (this.subscribers.delete(subscriber) && this.subscribers.size === 0) this.watched(false);
    };
  }

  publish(records: readonly RequestRecord[]): void {
    for (const record of records) if (record.role === 'server') this.noteServer(record.server);
    if (this.subscribers.size === 0) return;
    const summaries = new Map<RequestRecord, RequestSummary>();
    for (const { matches, sink } of this.subscribers) {
      const rows: RequestSummary[] = [];
      for (const record of records) {
        if (!matches(record)) continue;
        let summary = summaries.get(record);
        if (!summary) summaries.set(record, (summary = toSummary(record)));
        rows.push(summary);
      }
      if (rows.length > 0) sink.requests(rows);
    }
  }

  private noteServer(address: string): void {
    if (this.servers.size < MOST_SERVERS) this.servers.add(address);
  }

  tick(tick: LiveTick): void {
    for (const { sink } of this.subscribers) sink.tick(tick);
  }
}
