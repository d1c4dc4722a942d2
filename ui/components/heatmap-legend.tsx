import { formatCount } from '../format.js';
import { heatShade } from '../heat-scale.js';

const STEPS = 5;

/** What the shades and the red stand for. */
export function HeatmapLegend({ most }: { most: number }) {
  const counts = [...new Set(Array.from({ length: STEPS }, (_, i) => Math.max(1, Math.round(most ** (i / (STEPS - 1))))))];
  return (
    <figcaption className="heat-legend muted">
      <span>requests in a cell</span>
      {counts.map((count) => <span key={count} className="heat-step"><i style={{ opacity: heatShade(count, most) }} />{formatCount(count)}</span>)}
      <span className="heat-step"><i className="some-failed" />some of them failed (the fainter the fewer; below: in that time)</span>
      <span className="heat-hint">drag, or arrows with Shift and Enter: select · double click: zoom</span>
    </figcaption>
  );
}
