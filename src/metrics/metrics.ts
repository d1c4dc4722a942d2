/** All of /metrics: request metrics from roll-ups, abnormal requests, the agent's own. */
import { hostname } from 'node:os';
import { Registry } from 'prom-client';
import type { ProfileSummary } from '../profile/profile-summary.js';
import type { RequestRecord } from '../requests/record.js';
import type { RollupRow } from '../requests/rollup.js';
import { CAUSE_METRIC, CauseCounter } from './causes.js';
import { entityFamily, topologyFamily, TRACE_METRIC } from './definitions.js';
import { registerFamily, registerMetric } from './exposition.js';
import { countsIntoTopology, entityLabels, Node, topologyLabels } from './labels.js';
import { SELF_METRICS, type SelfReading } from './self.js';
import { SeriesTable } from './series.js';
import { TraceGauge } from './trace-gauge.js';

export interface MetricsOptions {
  podDetail: boolean;
  maxSeries: number;
  /** Abnormal requests shown at a time; 0: none. */
  traceRequests: number;
  /** Reads the agent's own totals; called once a scrape. */
  self?: () => Omit<SelfReading, 'metricSeries' | 'foldedRows'>;
  node?: Node;
  nowMs?: () => number;
}

export class Metrics {
  readonly contentType: string;
  private readonly registry = new Registry();
  private readonly entity: SeriesTable;
  private readonly topology: SeriesTable;
  private readonly traces: TraceGauge;
  private readonly causes: CauseCounter;
  private readonly node: Node;
  private readonly nowMs: () => number;
  private reading: SelfReading | null = null;

  constructor(private readonly options: MetricsOptions) {
    this.node = options.node ?? new Node(hostname());
    this.nowMs = options.nowMs ?? Date.now;
    const [entity, topology] = [entityFamily(options.podDetail), topologyFamily(options.podDetail)];
    this.entity = new SeriesTable(entity.histogram.labels, options.maxSeries);
    this.topology = new SeriesTable(topology.histogram.labels, options.maxSeries);
    this.traces = new TraceGauge(options.traceRequests, this.node);
    this.causes = new CauseCounter(options.maxSeries);
    this.contentType = this.registry.contentType;
    registerFamily(this.registry, entity, this.entity);
    registerFamily(this.registry, topology, this.topology);
    registerMetric(this.registry, TRACE_METRIC, () => this.traces.samples(this.nowMs()));
    registerMetric(this.registry, CAUSE_METRIC, () => this.causes.samples());
    if (options.self) for (const metric of SELF_METRICS) registerMetric(this.registry, metric, () => metric.read(this.reading!));
  }

  /** Counts that were not counted before. */
  addRollups(rows: readonly RollupRow[]): void {
    for (const row of rows) {
      if (row.role === 'server') this.entity.add(entityLabels(row, this.node), row);
      if (countsIntoTopology(row, this.node)) this.topology.add(topologyLabels(row, this.node), row);
    }
  }

  /** Requests as they end; only the slow and failed ones are of interest here. */
  addRequests(records: readonly RequestRecord[]): void {
    for (const record of records) if (record.slow || record.error !== 'none') this.traces.add(record, this.nowMs());
  }

  /** Of a request that was not counted before. */
  addProfile(profile: ProfileSummary): void {
    this.causes.add(profile);
  }

  /** The text exposition. */
  async text(): Promise<string> {
    if (this.options.self) {
      this.reading = {
        ...this.options.self(),
        metricSeries: this.entity.size + this.topology.size, foldedRows: this.entity.foldedRows + this.topology.foldedRows,
      };
    }
    return this.registry.metrics();
  }
}
