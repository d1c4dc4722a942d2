/** Series as metrics of a prom-client registry. Its own Histogram takes single observations; ours arrive as counts. */
import type { Registry } from 'prom-client';
import { HISTOGRAM_BOUNDS_NS, type MetricDefinition, type RequestFamily } from './definitions.js';
import type { Labels } from './labels.js';
import type { Series, SeriesTable } from './series.js';

export interface Sample { metricName?: string; labels: Record<string, string | number>; value: number }

/** A metric whose samples are made when it is scraped. */
export function registerMetric(registry: Registry, definition: MetricDefinition, samples: () => Sample[]): void {
  const metric = {
    name: definition.name,
    help: definition.help,
    type: definition.type,
    aggregator: 'sum',
    async get() {
      return { name: definition.name, help: definition.help, type: definition.type, aggregator: 'sum', values: samples() };
    },
    reset() { /* counts live as long as the agent */ },
  };
  registry.registerMetric(metric as unknown as Parameters<Registry['registerMetric']>[0]);
}

export function registerFamily(registry: Registry, family: RequestFamily, table: SeriesTable): void {
  const each = (definition: MetricDefinition, samples: (series: Series) => Sample[]): void =>
    registerMetric(registry, definition, () => [...table.values()].flatMap(samples));
  each(family.requests, requestSamples);
  each(family.durations, ({ labels, durationNs }) => [{ labels, value: durationNs }]);
  each(family.requestBytes, ({ labels, requestBytes }) => [{ labels, value: requestBytes }]);
  each(family.responseBytes, ({ labels, responseBytes }) => [{ labels, value: responseBytes }]);
  each(family.histogram, (series) => histogramSamples(family.histogram.name, series));
}

function requestSamples({ labels, normal, slow }: Series): Sample[] {
  const samples = [{ labels: { ...labels, is_slow: 'false' }, value: normal }];
  if (slow > 0) samples.push({ labels: { ...labels, is_slow: 'true' }, value: slow });
  return samples;
}

function histogramSamples(name: string, series: Series): Sample[] {
  const { labels, buckets } = series;
  const bucket = (le: string, value: number): Sample => ({ metricName: `${name}_bucket`, labels: { ...labels, le } as Labels, value });
  const samples: Sample[] = [];
  let cumulative = 0;
  HISTOGRAM_BOUNDS_NS.forEach((bound, i) => samples.push(bucket(formatBound(bound), (cumulative += buckets[i]))));
  cumulative += buckets[HISTOGRAM_BOUNDS_NS.length];
  samples.push(bucket('+Inf', cumulative));
  samples.push({ metricName: `${name}_sum`, labels, value: series.durationNs });
  samples.push({ metricName: `${name}_count`, labels, value: cumulative });
  return samples;
}

/** As Go prints it (`2.5e+07`): rules written for 0.9 select buckets by this text. */
export function formatBound(bound: number): string {
  if (bound < 1e6) return String(bound);
  const [mantissa, exponent] = bound.toExponential().split('e+');
  return `${mantissa}e+${exponent.padStart(2, '0')}`;
}
