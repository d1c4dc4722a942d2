import type { Heatmap } from '../../src/server/api.js';
import { formatClock, formatDuration } from '../format.js';
import { decadeRows, heatShade, timeTicks, type HeatScale } from '../heat-scale.js';
import { tokenColour } from '../state/theme.js';

export const MARGIN = { left: 64, right: 8, top: 4, bottom: 28 };
/** Height of the strip below the cells that marks columns with errors. */
const ERROR_STRIP = 5;

export interface Box { x0: number; y0: number; x1: number; y1: number }

export interface Plot { width: number; height: number; cellWidth: number; cellHeight: number }

export function plotOf(canvas: HTMLCanvasElement, map: Heatmap, scale: HeatScale): Plot {
  const width = canvas.clientWidth - MARGIN.left - MARGIN.right;
  const height = canvas.clientHeight - MARGIN.top - MARGIN.bottom;
  return { width, height, cellWidth: width / Math.max(1, map.times.length), cellHeight: height / scale.rows };
}

export function drawHeatmap(canvas: HTMLCanvasElement, map: Heatmap, scale: HeatScale, selected: Box | null): void {
  const ratio = devicePixelRatio || 1;
  canvas.width = Math.round(canvas.clientWidth * ratio);
  canvas.height = Math.round(canvas.clientHeight * ratio);
  const context = canvas.getContext('2d')!;
  context.scale(ratio, ratio);
  context.translate(MARGIN.left, MARGIN.top);
  const plot = plotOf(canvas, map, scale);
  drawAxes(context, map, scale, plot);
  drawCells(context, map, scale, plot);
  if (selected) {
    context.fillStyle = context.strokeStyle = tokenColour('--focus');
    context.globalAlpha = 0.15;
    context.fillRect(selected.x0, selected.y0, selected.x1 - selected.x0, selected.y1 - selected.y0);
    context.globalAlpha = 1;
    context.lineWidth = 1;
    context.strokeRect(selected.x0 + 0.5, selected.y0 + 0.5, selected.x1 - selected.x0 - 1, selected.y1 - selected.y0 - 1);
  }
}

function drawAxes(context: CanvasRenderingContext2D, map: Heatmap, scale: HeatScale, plot: Plot): void {
  context.font = '11px system-ui, sans-serif';
  const line = tokenColour('--line');
  const text = tokenColour('--muted');
  context.textBaseline = 'middle';
  context.textAlign = 'right';
  for (const { row, ns } of decadeRows(map, scale)) {
    const y = Math.round(plot.height - row * plot.cellHeight) + 0.5;
    context.fillStyle = line;
    context.fillRect(0, y - 0.5, plot.width, 1);
    context.fillStyle = text;
    if (y > 4) context.fillText(formatDuration(ns), -8, Math.min(y, plot.height - 4));
  }
  context.fillStyle = line;
  context.fillRect(0, plot.height, plot.width, 1);
  context.fillStyle = text;
  context.textBaseline = 'top';
  context.textAlign = 'center';
  const span = map.stepMs * map.times.length;
  const { stepMs, isMinutes } = timeTicks(span, plot.width / 110);
  const origin = map.times[0] ?? 0;
  for (let at = Math.ceil(origin / stepMs) * stepMs; at < origin + span; at += stepMs) {
    const x = ((at - origin) / span) * plot.width;
    if (x < 24 || x > plot.width - 24) continue;
    context.fillText(isMinutes ? formatClock(at, false).slice(0, 5) : formatClock(at, false), x, plot.height + ERROR_STRIP + 7);
  }
}

function drawCells(context: CanvasRenderingContext2D, map: Heatmap, scale: HeatScale, plot: Plot): void {
  const heat = tokenColour('--heat');
  const red = tokenColour('--error');
  const ground = tokenColour('--bg');
  const gap = plot.cellWidth > 5 ? 1 : 0;
  map.cells.forEach((column, index) => {
    const x = index * plot.cellWidth;
    let failed = 0;
    for (let bucket = scale.first; bucket <= scale.last; bucket++) {
      const count = column[bucket];
      const errors = map.errors[index]?.[bucket] ?? 0;
      failed += errors;
      if (count === 0) continue;
      const y = plot.height - (bucket - scale.first + 1) * plot.cellHeight;
      context.globalAlpha = heatShade(count, scale.most);
      context.fillStyle = heat;
      context.fillRect(x, y, plot.cellWidth - gap, plot.cellHeight - (plot.cellHeight > 4 ? 0.5 : 0));
      context.globalAlpha = 1;
      if (errors > 0) {
        const size = Math.max(2, Math.min(4, plot.cellHeight - 1, plot.cellWidth - 1));
        const [left, top] = [x + (plot.cellWidth - gap - size) / 2, y + (plot.cellHeight - size) / 2];
        // On its own ground: red upon the brightest shade would be lost.
        context.fillStyle = ground;
        context.fillRect(left - 0.75, top - 0.75, size + 1.5, size + 1.5);
        // A share of one in a hundred is marked, but does not shout.
        context.globalAlpha = 0.45 + 0.55 * Math.min(1, (errors / count) * 4);
        context.fillStyle = red;
        context.fillRect(left, top, size, size);
        context.globalAlpha = 1;
      }
    }
    if (failed > 0) {
      context.fillStyle = red;
      context.fillRect(x, plot.height + 2, Math.max(1.5, plot.cellWidth - gap), ERROR_STRIP - 2);
    }
  });
}
