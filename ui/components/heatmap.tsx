import './heatmap.css';
import { useEffect, useRef, useState } from 'react';
import type { Heatmap as HeatmapData } from '../../src/server/api.js';
import { formatClock, formatCount, formatDuration } from '../format.js';
import { heatScale, writeSelection, type HeatScale, type HeatSelection } from '../heat-scale.js';
import { setParams } from '../state/location.js';
import { useThemeVersion } from '../state/theme.js';
import { drawHeatmap, MARGIN, plotOf, type Box } from './heatmap-draw.js';

interface Point { x: number; y: number }
const CLICK_PX = 4;

export function Heatmap({ map, selection }: { map: HeatmapData; selection: HeatSelection | null }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [from, setFrom] = useState<Point | null>(null);
  const [at, setAt] = useState<Point | null>(null);
  const [size, setSize] = useState(0);
  const theme = useThemeVersion();
  const scale = heatScale(map);
  useEffect(() => {
    const observer = new ResizeObserver(() => setSize(canvas.current?.clientWidth ?? 0));
    observer.observe(canvas.current!);
    return () => observer.disconnect();
  }, []);
  useEffect(() => {
    const box = from && at ? brushBox(canvas.current!, map, scale, from, at) : selection && selectionBox(canvas.current!, map, scale, selection);
    drawHeatmap(canvas.current!, map, scale, box);
  }, [map, selection, from, at, size, theme]);

  const pointOf = (event: React.PointerEvent | React.MouseEvent): Point => {
    const box = canvas.current!.getBoundingClientRect();
    return { x: event.clientX - box.left - MARGIN.left, y: event.clientY - box.top - MARGIN.top };
  };
  const onDown = (event: React.PointerEvent): void => {
    if (event.button !== 0) return;
    canvas.current!.setPointerCapture(event.pointerId);
    setFrom(pointOf(event));
    setAt(pointOf(event));
  };
  const onUp = (event: React.PointerEvent): void => {
    if (!from) return;
    const to = pointOf(event);
    setFrom(null);
    if (Math.abs(to.x - from.x) + Math.abs(to.y - from.y) < CLICK_PX) return;
    setParams({ sel: writeSelection(boxSelection(map, scale, cellsOf(canvas.current!, map, scale, from, to))) });
  };
  const onDouble = (event: React.MouseEvent): void => {
    const { column } = cellAt(canvas.current!, map, scale, pointOf(event));
    const width = Math.max(2_000, (map.range.to - map.range.from) / 8);
    const middle = map.times[column] + map.stepMs / 2;
    setParams({ range: null, from: String(Math.floor(middle - width / 2)), to: String(Math.ceil(middle + width / 2)), sel: null });
  };
  return (
    <figure className="heatmap" aria-label="Requests by time and duration">
      <canvas
        ref={canvas} role="img" aria-label={summary(map)} onPointerDown={onDown} onPointerUp={onUp} onDoubleClick={onDouble}
        onPointerMove={(event) => setAt(pointOf(event))} onPointerLeave={() => { if (!from) setAt(null); }}
      />
      {at && canvas.current && <Tip map={map} scale={scale} canvas={canvas.current} from={from} at={at} />}
    </figure>
  );
}

function summary(map: HeatmapData): string {
  const total = map.cells.flat().reduce((sum, count) => sum + count, 0);
  const errors = map.errors.flat().reduce((sum, count) => sum + count, 0);
  return `Heat map: ${formatCount(total)} requests, ${formatCount(errors)} errors. Drag to select time and duration.`;
}

const clamp = (value: number, most: number): number => Math.max(0, Math.min(most, value));

function cellAt(canvas: HTMLCanvasElement, map: HeatmapData, scale: HeatScale, point: Point): { column: number; bucket: number } {
  const plot = plotOf(canvas, map, scale);
  const row = clamp(Math.floor((plot.height - point.y) / plot.cellHeight), scale.rows - 1);
  return { column: clamp(Math.floor(point.x / plot.cellWidth), map.times.length - 1), bucket: scale.first + row };
}

interface Cells { c0: number; c1: number; b0: number; b1: number }

function cellsOf(canvas: HTMLCanvasElement, map: HeatmapData, scale: HeatScale, a: Point, b: Point): Cells {
  const [one, two] = [cellAt(canvas, map, scale, a), cellAt(canvas, map, scale, b)];
  return {
    c0: Math.min(one.column, two.column), c1: Math.max(one.column, two.column),
    b0: Math.min(one.bucket, two.bucket), b1: Math.max(one.bucket, two.bucket),
  };
}

/** A brush to the edge of what is shown means "and beyond". */
function boxSelection(map: HeatmapData, scale: HeatScale, { c0, c1, b0, b1 }: Cells): HeatSelection {
  return {
    from: map.times[c0], to: map.times[c1] + map.stepMs,
    lowNs: b0 === scale.first ? 0 : map.bounds[b0], highNs: b1 === scale.last ? null : map.bounds[b1 + 1] ?? null,
  };
}

function brushBox(canvas: HTMLCanvasElement, map: HeatmapData, scale: HeatScale, a: Point, b: Point): Box {
  const { c0, c1, b0, b1 } = cellsOf(canvas, map, scale, a, b);
  const plot = plotOf(canvas, map, scale);
  return {
    x0: c0 * plot.cellWidth, x1: (c1 + 1) * plot.cellWidth,
    y0: plot.height - (b1 - scale.first + 1) * plot.cellHeight, y1: plot.height - (b0 - scale.first) * plot.cellHeight,
  };
}

function selectionBox(canvas: HTMLCanvasElement, map: HeatmapData, scale: HeatScale, selection: HeatSelection): Box | null {
  const plot = plotOf(canvas, map, scale);
  const perMs = plot.width / (map.stepMs * map.times.length);
  const x0 = clamp((selection.from - map.times[0]) * perMs, plot.width);
  const x1 = clamp((selection.to - map.times[0]) * perMs, plot.width);
  const rowOf = (ns: number): number => clamp(map.bounds.findIndex((bound) => bound >= ns) - scale.first, scale.rows);
  const low = selection.lowNs === 0 ? 0 : rowOf(selection.lowNs);
  const high = selection.highNs === null ? scale.rows : rowOf(selection.highNs);
  return x1 > x0 ? { x0, x1, y0: plot.height - high * plot.cellHeight, y1: plot.height - low * plot.cellHeight } : null;
}

function Tip({ map, scale, canvas, from, at }: { map: HeatmapData; scale: HeatScale; canvas: HTMLCanvasElement; from: Point | null; at: Point }) {
  if (map.times.length === 0) return null;
  const { c0, c1, b0, b1 } = cellsOf(canvas, map, scale, from ?? at, at);
  let count = 0;
  let errors = 0;
  for (let column = c0; column <= c1; column++) {
    for (let bucket = b0; bucket <= b1; bucket++) {
      count += map.cells[column][bucket] ?? 0;
      errors += map.errors[column]?.[bucket] ?? 0;
    }
  }
  const high = map.bounds[b1 + 1];
  const left = at.x + MARGIN.left;
  const side = left > canvas.clientWidth - 340 ? { right: canvas.clientWidth - left + 12 } : { left: left + 14 };
  return (
    <div className="tip" style={{ ...side, top: clamp(at.y - 8, 110) }}>
      <div>{formatCount(count)} {count === 1 ? 'request' : 'requests'}{errors > 0 && <span className="error"> · {formatCount(errors)} failed</span>}</div>
      <div className="muted">
        {formatClock(map.times[c0], false)} to {formatClock(map.times[c1] + map.stepMs, false)} · {formatDuration(map.bounds[b0])} to {high ? formatDuration(high) : 'any'}
      </div>
    </div>
  );
}
