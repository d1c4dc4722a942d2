/** Between pixels and the heat map's columns (time) and rows (duration buckets). Pure. */
import type { Heatmap } from '../src/server/api.js';

export interface HeatScale {
  /** Buckets shown: [first, last]. */
  first: number;
  last: number;
  rows: number;
  most: number;
}

/** Shows the buckets in use and one around them, at least a decade: a flat line of one bucket says nothing. */
export function heatScale(map: Heatmap): HeatScale {
  let first = Infinity;
  let last = -1;
  let most = 1;
  for (const column of map.cells) {
    for (let bucket = 0; bucket < column.length; bucket++) {
      if (column[bucket] === 0) continue;
      if (bucket < first) first = bucket;
      if (bucket > last) last = bucket;
      if (column[bucket] > most) most = column[bucket];
    }
  }
  const top = map.bounds.length - 1;
  if (last < 0) [first, last] = [Math.min(20, top), Math.min(60, top)];
  const missing = Math.max(0, 9 - (last - first));
  first = Math.max(0, first - 1 - Math.ceil(missing / 2));
  last = Math.min(top, last + 1 + Math.floor(missing / 2));
  return { first, last, rows: last - first + 1, most };
}

/** 0 for none; the logarithm, because counts of normal and slow requests differ by orders of magnitude. */
export function heatShade(count: number, most: number): number {
  if (count <= 0) return 0;
  return 0.14 + 0.86 * (Math.log1p(count) / Math.log1p(most));
}

/** Rows whose lower edge is the first at or above a power of ten, for the axis. */
export function decadeRows(map: Heatmap, scale: HeatScale): Array<{ row: number; ns: number }> {
  const rows = [];
  for (let ns = 1e3; ns <= 100e9; ns *= 10) {
    const bucket = map.bounds.findIndex((bound) => bound >= ns * 0.999);
    if (bucket >= scale.first && bucket <= scale.last) rows.push({ row: bucket - scale.first, ns });
  }
  return rows;
}

const TICK_SECONDS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 3 * 3600, 6 * 3600, 12 * 3600, 24 * 3600];

/** Round times for the axis, at most `most` of them. */
export function timeTicks(spanMs: number, most: number): { stepMs: number; isMinutes: boolean } {
  const seconds = TICK_SECONDS.find((step) => spanMs / (step * 1000) <= most) ?? TICK_SECONDS[TICK_SECONDS.length - 1];
  return { stepMs: seconds * 1000, isMinutes: seconds >= 60 };
}

/** A selection in the address: Unix ms and ns. The top row is open: `highNs` null. */
export interface HeatSelection { from: number; to: number; lowNs: number; highNs: number | null }

export function writeSelection({ from, to, lowNs, highNs }: HeatSelection): string {
  return `${Math.floor(from)}-${Math.ceil(to)}-${lowNs}-${highNs ?? ''}`;
}

export function readSelection(text: string | null): HeatSelection | null {
  const match = /^(\d{1,15})-(\d{1,15})-(\d{1,15})-(\d{0,15})$/.exec(text ?? '');
  if (!match) return null;
  const [from, to, lowNs] = match.slice(1, 4).map(Number);
  return from < to ? { from, to, lowNs, highNs: match[4] === '' ? null : Number(match[4]) } : null;
}

/** As words of the filter language. A bucket holds durations above its lower edge up to and with its upper one. */
export function selectionFilter(selection: HeatSelection | null): string {
  if (selection === null) return '';
  const low = selection.lowNs > 0 ? `>${selection.lowNs}ns` : '';
  return selection.highNs === null ? low : `${low} <=${selection.highNs}ns`.trim();
}
