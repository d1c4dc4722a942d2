import uPlot from 'uplot';
import { useEffect, useRef } from 'react';
import { formatClock } from '../format.js';
import { setParams } from '../state/location.js';
import { tokenColour, useThemeVersion } from '../state/theme.js';

export interface ChartSeries {
  label: string;
  values: ReadonlyArray<number | null>;
  token: string;
  dash?: number[];
  fill?: boolean;
}

const HEIGHT = 150;

/** Lines over time. Dragging zooms the page's time range. */
export function TimeChart({ title, times, series, format, zoom = true }: {
  title: string; times: readonly number[]; series: readonly ChartSeries[]; format: (value: number) => string; zoom?: boolean;
}) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const theme = useThemeVersion();
  const data = [times.map((ms) => ms / 1000), ...series.map((one) => [...one.values])] as uPlot.AlignedData;
  const latest = useRef(data);
  latest.current = data;
  const shape = series.map((one) => one.label + one.token).join();

  useEffect(() => {
    const element = host.current!;
    const made = new uPlot(options(element.clientWidth, series, format, zoom), latest.current, element);
    plot.current = made;
    const observer = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: HEIGHT }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [theme, shape]);
  useEffect(() => plot.current?.setData(data), [times, series]);

  return <figure className="chart"><figcaption>{title}</figcaption><div ref={host} className="chart-host" role="img" aria-label={title} /></figure>;
}

function options(width: number, series: readonly ChartSeries[], format: (value: number) => string, zoom: boolean): uPlot.Options {
  const axis = { stroke: tokenColour('--muted'), grid: { stroke: tokenColour('--line'), width: 1 }, ticks: { show: false }, font: '11px system-ui, sans-serif' };
  return {
    width, height: HEIGHT,
    cursor: { drag: { x: zoom, y: false, setScale: false }, points: { size: 5 } },
    select: { show: zoom, left: 0, top: 0, width: 0, height: 0 },
    legend: { live: true },
    scales: { y: { range: (_plot, _min, max) => [0, max > 0 ? max * 1.1 : 1] } },
    axes: [
      { ...axis, size: 24, space: 84, values: (_plot, splits) => splits.map((s, i) => formatClock(s * 1000, false).slice(0, i > 0 && splits[1] - splits[0] >= 60 ? 5 : 8)) },
      { ...axis, size: 78, values: (_plot, splits) => splits.map((value) => format(value)) },
    ],
    series: [
      { label: 'at', value: (plot, value) => formatClock((value ?? last(plot, 0) ?? 0) * 1000, false) },
      ...series.map((one) => ({
        label: one.label, stroke: tokenColour(one.token), width: 1.25, dash: one.dash, points: { show: false },
        fill: one.fill ? tokenColour(one.token).replace(/^rgb\((.*)\)$/, 'rgba($1, 0.12)') : undefined,
        // Nothing pointed at: the newest.
        value: (plot: uPlot, value: number | null, index: number, at: number | null) => textOf(at === null ? last(plot, index) : value, format),
      })),
    ],
    hooks: zoom ? { setSelect: [zoomTo] } : {},
  };
}

function last(plot: uPlot, series: number): number | null {
  const values = plot.data[series];
  for (let i = values.length - 1; i >= 0; i--) if (values[i] !== null && values[i] !== undefined) return values[i]!;
  return null;
}

const textOf = (value: number | null | undefined, format: (value: number) => string): string => (value === null || value === undefined ? '–' : format(value));

function zoomTo(plot: uPlot): void {
  if (plot.select.width < 4) return;
  const from = plot.posToVal(plot.select.left, 'x') * 1000;
  const to = plot.posToVal(plot.select.left + plot.select.width, 'x') * 1000;
  plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  if (to - from >= 1000) setParams({ range: null, from: String(Math.floor(from)), to: String(Math.ceil(to)), sel: null });
}
