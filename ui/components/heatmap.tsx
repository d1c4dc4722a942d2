import './heatmap.css';
import { useEffect, useRef, useState } from 'react';
import type { Heatmap as HeatmapData } from '../../src/server/api.js';
import { formatCount } from '../format.js';
import { heatScale, writeSelection, type HeatSelection } from '../heat-scale.js';
import { setParams } from '../state/location.js';
import { useThemeVersion } from '../state/theme.js';
import { boxSelection, cellAt, cellsBox, selectionBox, spanOf, type Cell, type Cells, type Point } from './heatmap-cells.js';
import { drawHeatmap, MARGIN } from './heatmap-draw.js';
import { HeatmapLegend } from './heatmap-legend.js';
import { Tip } from './heatmap-tip.js';
import { useHeatmapKeys } from './use-heatmap-keys.js';

const CLICK_PX = 4;

interface Brush { from: Point | null; at: Point }

export function Heatmap({ map, selection }: { map: HeatmapData; selection: HeatSelection | null }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [brush, setBrush] = useState<Brush | null>(null);
  const width = useWidth(canvas);
  const theme = useThemeVersion();
  const scale = heatScale(map);
  const select = (cells: Cells): void => setParams({ sel: writeSelection(boxSelection(map, scale, cells)) });
  const keys = useHeatmapKeys(map, scale, select);
  const pointed = brush && canvas.current && spanOf(at(brush.from ?? brush.at), at(brush.at));
  const cells = map.times.length === 0 ? null : pointed ?? keys.cells;
  const drawn = brush?.from ? pointed : brush ? null : keys.cells;
  useEffect(() => {
    const box = drawn ? cellsBox(canvas.current!, map, scale, drawn) : selection && selectionBox(canvas.current!, map, scale, selection);
    drawHeatmap(canvas.current!, map, scale, box);
  }, [map, selection, brush, keys.cells, width, theme]);

  function at(point: Point): Cell {
    return cellAt(canvas.current!, map, scale, point);
  }
  const pointOf = (event: React.PointerEvent | React.MouseEvent): Point => {
    const box = canvas.current!.getBoundingClientRect();
    return { x: event.clientX - box.left - MARGIN.left, y: event.clientY - box.top - MARGIN.top };
  };
  const onDown = (event: React.PointerEvent): void => {
    if (event.button !== 0) return;
    canvas.current!.setPointerCapture(event.pointerId);
    keys.clear();
    setBrush({ from: pointOf(event), at: pointOf(event) });
  };
  const onUp = (event: React.PointerEvent): void => {
    if (!brush?.from) return;
    const to = pointOf(event);
    setBrush({ from: null, at: to });
    if (Math.abs(to.x - brush.from.x) + Math.abs(to.y - brush.from.y) >= CLICK_PX) select(spanOf(at(brush.from), at(to)));
  };
  const onDouble = (event: React.MouseEvent): void => {
    const span = Math.max(2_000, (map.range.to - map.range.from) / 8);
    const middle = map.times[at(pointOf(event)).column] + map.stepMs / 2;
    setParams({ range: null, from: String(Math.floor(middle - span / 2)), to: String(Math.ceil(middle + span / 2)), sel: null });
  };
  return (
    <figure className="heatmap" aria-label="Requests by time and duration">
      <canvas
        ref={canvas} role="img" aria-label={summary(map)} tabIndex={0} onKeyDown={keys.onKeyDown} onBlur={keys.clear}
        onPointerDown={onDown} onPointerUp={onUp} onDoubleClick={onDouble}
        onPointerMove={(event) => setBrush({ from: brush?.from ?? null, at: pointOf(event) })} onPointerLeave={() => { if (!brush?.from) setBrush(null); }}
      />
      {cells && canvas.current && <Tip map={map} cells={cells} box={cellsBox(canvas.current, map, scale, cells)} width={width} spoken={!brush} />}
      <HeatmapLegend most={scale.most} />
    </figure>
  );
}

function useWidth(canvas: React.RefObject<HTMLCanvasElement | null>): number {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const observer = new ResizeObserver(() => setWidth(canvas.current?.clientWidth ?? 0));
    observer.observe(canvas.current!);
    return () => observer.disconnect();
  }, []);
  return width;
}

function summary(map: HeatmapData): string {
  const total = map.cells.flat().reduce((sum, count) => sum + count, 0);
  const errors = map.errors.flat().reduce((sum, count) => sum + count, 0);
  return `Heat map: ${formatCount(total)} requests, ${formatCount(errors)} errors. Drag to select time and duration; with keys: arrows, Shift and arrows, Enter.`;
}
