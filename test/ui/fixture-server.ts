/** The real server over the made-up shop: for the page's development and its browser tests. Not shipped. */
import { pino } from 'pino';
import type { AgentHealth, RequestSummary } from '../../src/server/api.js';
import type { LiveSink, LiveSource } from '../../src/server/queries.js';
import { startServer, type RunningServer } from '../../src/server/start-server.js';
import { parseFilter } from '../../src/store/filter/parse.js';
import { filterToPredicate } from '../../src/store/filter/to-predicate.js';
import { FixtureProfiling } from './fixture-profiling.js';
import { FixtureProfiles } from './profiles.js';
import { Shop } from './shop.js';
import { ShopQueries, summary } from './shop-queries.js';

export interface Fixture {
  server: RunningServer;
  shop: Shop;
  profiles: FixtureProfiles;
  profiling: FixtureProfiling;
  /** A visit now: rows for the store and the live stream. */
  visit(): RequestSummary[];
  close(): Promise<void>;
}

export interface FixtureOptions { port?: number; visits?: number; historyMs?: number; pageDirectory?: string; visitsPerSecond?: number; trouble?: Trouble }

/** What the agent says of itself, other than that all is well. */
export interface Trouble { noStore?: boolean; health?: Partial<AgentHealth>; lost?: number; notes?: string[] }

class ShopLive implements LiveSource {
  constructor(private readonly shop: Shop, private readonly trouble: Trouble) {}

  readonly sinks = new Set<{ sink: LiveSink; matches: (row: RequestSummary) => boolean }>();

  subscribe(filter: string, sink: LiveSink): () => void {
    const entry = { sink, matches: filterToPredicate(parseFilter(filter, new Set(this.shop.records.filter((row) => row.role === 'server').map((row) => row.server)))) };
    this.sinks.add(entry);
    return () => this.sinks.delete(entry);
  }

  requests(rows: RequestSummary[]): void {
    for (const { sink, matches } of this.sinks) sink.requests(rows.filter(matches));
  }

  tick(perSecond: number): void {
    for (const { sink } of this.sinks) sink.tick({ t: Date.now(), requestsPerSecond: perSecond, errorsPerSecond: 0, lost: this.trouble.lost ?? 0, notes: this.trouble.notes ?? [] });
  }
}

export async function startFixture(options: FixtureOptions = {}): Promise<Fixture> {
  const trouble = options.trouble ?? {};
  const shop = new Shop();
  const now = Date.now();
  shop.fill(now - (options.historyMs ?? 900_000), now - 1_000, options.visits ?? 1_500);
  const profiles = new FixtureProfiles(shop.records);
  const profiling = new FixtureProfiling();
  const live = new ShopLive(shop, trouble);
  const server = await startServer({
    port: options.port ?? 0, queries: trouble.noStore ? null : new ShopQueries(shop.records), profiles, profiling, live, health: () => ({ ...health(shop, now), ...trouble.health }), pageDirectory: options.pageDirectory ?? 'dist/ui', log: pino({ level: 'warn' }),
    har: { request: async (id) => ({ log: { version: '1.2', entries: [{ _id: id }] } }), requests: async () => ({ log: { version: '1.2', entries: [] } }) },
    metrics: async () => ({ contentType: 'text/plain; version=0.0.4', text: 'kindling_entity_request_total 1\n' }),
  });
  const visit = (): RequestSummary[] => {
    const rows = shop.visit(Date.now()).map(summary);
    live.requests(rows);
    return rows;
  };
  const perSecond = options.visitsPerSecond ?? 0;
  const timers = [setInterval(() => live.tick(perSecond * 5), 1_000)];
  if (perSecond > 0) timers.push(setInterval(visit, 1_000 / perSecond));
  return {
    server, shop, profiles, profiling, visit,
    close: async () => {
      for (const timer of timers) clearInterval(timer);
      await server.close();
    },
  };
}

function health(shop: Shop, startedAt: number): AgentHealth {
  const now = Math.floor(Date.now() / 1000) * 1000;
  return {
    version: '1.0.0-alpha.1', state: 'capturing', startedAt, scope: 'cgroup /sys/fs/cgroup/unified/kindling-demo', pid: 4000,
    hooks: [
      { name: 'sock_send_length', state: 'attached', reason: 'the kernel has the tracepoint; nothing is added to other system calls' },
      { name: 'sock_recv_length', state: 'attached', reason: 'the kernel has the tracepoint; nothing is added to other system calls' },
      { name: 'sys_exit', state: 'skipped', reason: 'not needed: the socket tracepoints are in use' },
    ],
    events: { total: shop.records.length * 2, perSecond: 4_812, bytes: 38_112_400 }, requests: { total: shop.records.length, perSecond: 2_406, incomplete: 3 },
    connections: { open: 41, total: 388, unclassified: 2 },
    losses: [{ reason: 'ring_overwritten', count: 118, unit: 'events', help: 'The agent got no CPU in time. Messages and bytes per connection are still exact.' }],
    cpu: { agentCores: 0.081, captureCores: 0.052, storeCores: 0.034, kernelCores: 0.021 }, memory: { agentRssBytes: 118e6, storeRssBytes: 402e6 },
    store: {
      state: 'ok', message: '', engine: 'chDB 3.4.0', directory: '/var/lib/kindling', rows: 1_284_113, bytes: 112_400_000, oldestMs: startedAt - 3 * 86_400_000, diskBudgetBytes: 10e9,
      spoolBatches: 1, spoolBytes: 48_000, keptPerSecond: 1_204, budgetPerSecond: 2_000, droppedBatches: 0,
    },
    history: Array.from({ length: 180 }, (_, i) => {
      const t = now - (179 - i) * 1000;
      const wave = Math.sin(t / 9_000) * 0.2 + 1;
      return { t, events: 4_800 * wave, requests: 2_400 * wave, lost: i === 90 ? 118 : 0, agentCores: 0.08 * wave, rssBytes: 118e6 + i * 4e3 };
    }),
  };
}
