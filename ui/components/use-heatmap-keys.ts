/** The heat map's brush under the keyboard: arrows move, with Shift they widen, Enter selects, Esc gives up. */
import { useState } from 'react';
import type { Heatmap } from '../../src/server/api.js';
import type { HeatScale } from '../heat-scale.js';
import { clamp, spanOf, type Cell, type Cells } from './heatmap-cells.js';

const MOVES: Record<string, [number, number]> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
/** Rows are thin: a press goes over so many. */
const ROWS_A_PRESS = 2;

export function useHeatmapKeys(map: Heatmap, scale: HeatScale, select: (cells: Cells) => void) {
  const [span, setSpan] = useState<{ from: Cell; to: Cell } | null>(null);
  const clear = (): void => setSpan(null);
  const move = ([columns, buckets]: [number, number], widen: boolean): void => {
    const start = { column: map.times.length - 1, bucket: Math.round((scale.first + scale.last) / 2) };
    if (span === null) { setSpan({ from: start, to: start }); return; }
    const to = {
      column: clamp(span.to.column + columns, map.times.length - 1),
      bucket: scale.first + clamp(span.to.bucket - scale.first + buckets * ROWS_A_PRESS, scale.rows - 1),
    };
    setSpan({ from: widen ? span.from : to, to });
  };
  const onKeyDown = (event: React.KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (MOVES[event.key]) move(MOVES[event.key], event.shiftKey);
    else if (event.key === 'Enter' && span) { select(spanOf(span.from, span.to)); clear(); }
    else if (event.key === 'Escape' && span) clear();
    else return;
    // The list below must not move with it.
    event.preventDefault();
  };
  return { cells: span && spanOf(span.from, span.to), onKeyDown, clear };
}
