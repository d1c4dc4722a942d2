import type { Heatmap as HeatmapData } from '../../src/server/api.js';
import { formatClock, formatCount, formatDuration } from '../format.js';
import { clamp, type Cells } from './heatmap-cells.js';
import { MARGIN, type Box } from './heatmap-draw.js';

export function countIn(map: HeatmapData, { c0, c1, b0, b1 }: Cells): { count: number; errors: number } {
  let count = 0;
  let errors = 0;
  for (let column = c0; column <= c1; column++) {
    for (let bucket = b0; bucket <= b1; bucket++) {
      count += map.cells[column]?.[bucket] ?? 0;
      errors += map.errors[column]?.[bucket] ?? 0;
    }
  }
  return { count, errors };
}

/** What the cells under the pointer, or chosen by keys, hold. Read out when keys move it. */
export function Tip({ map, cells, box, width, spoken }: { map: HeatmapData; cells: Cells; box: Box; width: number; spoken: boolean }) {
  const { c0, c1, b0, b1 } = cells;
  const { count, errors } = countIn(map, cells);
  const high = map.bounds[b1 + 1];
  const left = box.x1 + MARGIN.left;
  const side = left > width - 340 ? { right: width - (box.x0 + MARGIN.left) + 8 } : { left: left + 8 };
  return (
    <div className="tip" role={spoken ? 'status' : undefined} style={{ ...side, top: clamp(box.y0 - 8, 110) }}>
      <div>{formatCount(count)} {count === 1 ? 'request' : 'requests'}{errors > 0 && <span className="error"> · {formatCount(errors)} failed</span>}</div>
      <div className="muted">
        {formatClock(map.times[c0], false)} to {formatClock(map.times[c1] + map.stepMs, false)} · {formatDuration(map.bounds[b0])} to {high ? formatDuration(high) : 'any'}
      </div>
    </div>
  );
}
