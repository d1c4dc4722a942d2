/** What the agent says about itself, as data. */
import { LOSSES } from '../errors/losses.js';
import type { MetricDefinition } from './definitions.js';
import type { Sample } from './exposition.js';
import { PROFILING_METRICS, type ProfilingReading } from './profiling.js';

/** A reading of the agent's own totals. null: not known. */
export interface SelfReading {
  version: string;
  startedAtMs: number;
  events: number;
  eventBytes: number;
  requests: number;
  incomplete: number;
  connectionsOpen: number;
  connectionsTotal: number;
  /** All there ever were. */
  unclassifiedTotal: number;
  losses: ReadonlyArray<{ reason: string; count: number }>;
  cpuSeconds: Readonly<Record<string, number | null>>;
  rssBytes: Readonly<Record<string, number | null>>;
  store: {
    state: 'ok' | 'degraded' | 'down'; rows: number; bytes: number; spoolBatches: number; spoolBytes: number; droppedBatches: number;
  } | null;
  liveClients: number;
  profiling: ProfilingReading;
  metricSeries: number;
  foldedRows: number;
}

export interface SelfMetric extends MetricDefinition {
  read(reading: SelfReading): Sample[];
}

const one = (value: number | null | undefined): Sample[] => (value === null || value === undefined ? [] : [{ labels: {}, value }]);
const byKey = (label: string, values: Readonly<Record<string, number | null>>): Sample[] =>
  Object.entries(values).flatMap(([key, value]) => (value === null ? [] : [{ labels: { [label]: key }, value }]));

/** Every reason from the start: a series that appears with its first loss has no rate. */
function lossSamples(losses: SelfReading['losses']): Sample[] {
  const counts = new Map(losses.map(({ reason, count }) => [reason, count]));
  return Object.entries(LOSSES).map(([reason, { unit }]) => ({ labels: { reason, unit }, value: counts.get(reason) ?? 0 }));
}

function metric(name: string, type: 'counter' | 'gauge', unit: string, help: string, read: SelfMetric['read'], labels: string[] = []): SelfMetric {
  return { name: `kindling_agent_${name}`, type, unit, help, labels, read };
}

export const SELF_METRICS: readonly SelfMetric[] = [
  metric('info', 'gauge', '1', 'Always 1; the version is a label.', (r) => [{ labels: { version: r.version }, value: 1 }], ['version']),
  metric('start_time_seconds', 'gauge', 's', 'When the agent started, Unix time.', (r) => one(r.startedAtMs / 1000)),
  metric('events_total', 'counter', 'events', 'Events read from the kernel.', (r) => one(r.events)),
  metric('event_bytes_total', 'counter', 'bytes', 'Bytes of events read from the kernel.', (r) => one(r.eventBytes)),
  metric('lost_total', 'counter', 'as labelled', 'What was lost, by reason, each in its unit (events, bytes, connections, requests). Nothing is lost uncounted.',
    (r) => lossSamples(r.losses), ['reason', 'unit']),
  metric('requests_total', 'counter', 'requests', 'Requests seen.', (r) => one(r.requests)),
  metric('incomplete_requests_total', 'counter', 'requests', 'Requests not known in full (joined in mid-stream, a gap, garbage).', (r) => one(r.incomplete)),
  metric('connections', 'gauge', 'connections', 'Open connections followed.', (r) => one(r.connectionsOpen)),
  metric('connections_total', 'counter', 'connections', 'Connections followed since the start.', (r) => one(r.connectionsTotal)),
  metric('unclassified_connections_total', 'counter', 'connections', 'Connections given up because their protocol was not recognised.', (r) => one(r.unclassifiedTotal)),
  metric('cpu_seconds_total', 'counter', 's', 'CPU time of the agent, by part: main, capture, store, kernel (its BPF programs).', (r) => byKey('part', r.cpuSeconds), ['part']),
  metric('resident_memory_bytes', 'gauge', 'bytes', 'Resident memory, by process: agent, store.', (r) => byKey('process', r.rssBytes), ['process']),
  metric('store_up', 'gauge', '1', '1 while the store takes batches, 0 while it is down; absent without a store.', (r) => one(r.store && (r.store.state === 'down' ? 0 : 1))),
  metric('store_rows', 'gauge', 'rows', 'Rows in the store.', (r) => one(r.store?.rows)),
  metric('store_bytes', 'gauge', 'bytes', 'Disk space of the store.', (r) => one(r.store?.bytes)),
  metric('store_spool_batches', 'gauge', 'batches', 'Batches not yet acknowledged by the store.', (r) => one(r.store?.spoolBatches)),
  metric('store_spool_bytes', 'gauge', 'bytes', 'Disk space of those batches.', (r) => one(r.store?.spoolBytes)),
  metric('store_dropped_batches_total', 'counter', 'batches', 'Batches dropped because neither store nor spool could take them.', (r) => one(r.store?.droppedBatches)),
  ...PROFILING_METRICS.map(({ name, type, unit, help, read, labels }) => metric(name, type, unit, help, (r) => read(r.profiling), labels)),
  metric('live_clients', 'gauge', 'clients', 'Clients of the live tail.', (r) => one(r.liveClients)),
  metric('metric_series', 'gauge', 'series', 'Series of the request metrics.', (r) => one(r.metricSeries)),
  metric('folded_rows_total', 'counter', 'rows', 'Roll-up rows counted under ~other because a metric had too many series.', (r) => one(r.foldedRows)),
];
