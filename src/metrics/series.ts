/** The series of one family: sums and bucket counts by label set, bounded. */
import type { RollupRow } from '../requests/rollup.js';
import { EXPORTED_BUCKET, HISTOGRAM_BOUNDS_NS, TRAFFIC_LABELS } from './definitions.js';
import { OTHER, type Labels } from './labels.js';

export interface Series {
  labels: Labels;
  normal: number;
  slow: number;
  durationNs: number;
  requestBytes: number;
  responseBytes: number;
  /** Not cumulative; the last one is open. */
  buckets: Float64Array;
}

export class SeriesTable {
  private series = new Map<string, Series>();
  private folded = 0;

  /** @param maxSeries label sets kept apart; later ones are counted under `~other` */
  constructor(private readonly labelNames: readonly string[], private readonly maxSeries: number) {}

  add(labels: Labels, row: RollupRow): void {
    const series = this.find(labels);
    if (row.slow) series.slow += row.count;
    else series.normal += row.count;
    series.durationNs += row.durationSumNs;
    series.requestBytes += row.requestBytes;
    series.responseBytes += row.responseBytes;
    const { histogram } = row;
    for (let i = 0; i < histogram.length; i++) if (histogram[i] > 0) series.buckets[EXPORTED_BUCKET[i]] += histogram[i];
  }

  values(): IterableIterator<Series> {
    return this.series.values();
  }

  get size(): number {
    return this.series.size;
  }

  /** Rows that were counted under `~other`. */
  get foldedRows(): number {
    return this.folded;
  }

  private find(labels: Labels): Series {
    const known = this.series.get(this.key(labels));
    if (known) return known;
    if (this.series.size < this.maxSeries) return this.create(labels);
    this.folded++;
    const coarse = this.fold(labels, (name) => TRAFFIC_LABELS.has(name));
    const coarser = this.fold(labels, (name) => name !== 'protocol');
    // A few more for the folded ones: by protocol there are only so many.
    const room = this.series.size < this.maxSeries + Math.ceil(this.maxSeries / 10);
    return this.series.get(this.key(coarse)) ?? (room ? this.create(coarse) : this.series.get(this.key(coarser)) ?? this.create(coarser));
  }

  private fold(labels: Labels, which: (name: string) => boolean): Labels {
    const folded: Labels = {};
    for (const name of this.labelNames) folded[name] = which(name) && labels[name] !== '' ? OTHER : labels[name];
    return folded;
  }

  private create(labels: Labels): Series {
    const kept: Labels = {};
    for (const name of this.labelNames) kept[name] = labels[name];
    const series = { labels: kept, normal: 0, slow: 0, durationNs: 0, requestBytes: 0, responseBytes: 0, buckets: new Float64Array(HISTOGRAM_BOUNDS_NS.length + 1) };
    this.series.set(this.key(labels), series);
    return series;
  }

  private key(labels: Labels): string {
    let key = '';
    for (const name of this.labelNames) key += `${labels[name]}\0`;
    return key;
  }
}
