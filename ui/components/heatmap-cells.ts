/** Between what is under the pointer, cells of the heat map, boxes to draw, and a selection. */
import type { Heatmap as HeatmapData } from '../../src/server/api.js';
import type { HeatScale, HeatSelection } from '../heat-scale.js';
import { plotOf, type Box } from './heatmap-draw.js';

export interface Point { x: number; y: number }
export interface Cell { column: number; bucket: number }

export const clamp = (value: number, most: number): number => Math.max(0, Math.min(most, value));

export function cellAt(canvas: HTMLCanvasElement, map: HeatmapData, scale: HeatScale, point: Point): Cell {
  const plot = plotOf(canvas, map, scale);
  const row = clamp(Math.floor((plot.height - point.y) / plot.cellHeight), scale.rows - 1);
  return { column: clamp(Math.floor(point.x / plot.cellWidth), map.times.length - 1), bucket: scale.first + row };
}

export interface Cells { c0: number; c1: number; b0: number; b1: number }

export function cellsOf(canvas: HTMLCanvasElement, map: HeatmapData, scale: HeatScale, a: Point, b: Point): Cells {
  return spanOf(cellAt(canvas, map, scale, a), cellAt(canvas, map, scale, b));
}

/** A brush to the edge of what is shown means "and beyond". */
export function boxSelection(map: HeatmapData, scale: HeatScale, { c0, c1, b0, b1 }: Cells): HeatSelection {
  return {
    from: map.times[c0], to: map.times[c1] + map.stepMs,
    lowNs: b0 === scale.first ? 0 : map.bounds[b0], highNs: b1 === scale.last ? null : map.bounds[b1 + 1] ?? null,
  };
}

export function cellsBox(canvas: HTMLCanvasElement, map: HeatmapData, scale: HeatScale, { c0, c1, b0, b1 }: Cells): Box {
  const plot = plotOf(canvas, map, scale);
  return {
    x0: c0 * plot.cellWidth, x1: (c1 + 1) * plot.cellWidth,
    y0: plot.height - (b1 - scale.first + 1) * plot.cellHeight, y1: plot.height - (b0 - scale.first) * plot.cellHeight,
  };
}

export function selectionBox(canvas: HTMLCanvasElement, map: HeatmapData, scale: HeatScale, selection: HeatSelection): Box | null {
  const plot = plotOf(canvas, map, scale);
  const perMs = plot.width / (map.stepMs * map.times.length);
  const x0 = clamp((selection.from - map.times[0]) * perMs, plot.width);
  const x1 = clamp((selection.to - map.times[0]) * perMs, plot.width);
  const rowOf = (ns: number): number => clamp(map.bounds.findIndex((bound) => bound >= ns) - scale.first, scale.rows);
  const low = selection.lowNs === 0 ? 0 : rowOf(selection.lowNs);
  const high = selection.highNs === null ? scale.rows : rowOf(selection.highNs);
  return x1 > x0 ? { x0, x1, y0: plot.height - high * plot.cellHeight, y1: plot.height - low * plot.cellHeight } : null;
}

/** Cells between two, both included. */
export function spanOf(a: Cell, b: Cell): Cells {
  return {
    c0: Math.min(a.column, b.column), c1: Math.max(a.column, b.column),
    b0: Math.min(a.bucket, b.bucket), b1: Math.max(a.bucket, b.bucket),
  };
}
