import './sparkline.css';
import { useState } from 'react';
import { formatClock } from '../format.js';
import { usualBand } from '../usual-band.js';

const WIDTH = 104;
const HEIGHT = 20;
/** Between the line and the marks of what failed. */
const FOOT = 4;

/**
 * A small line with its scale beside it: the largest value, or the one pointed at. Grey behind it: between which values it
 * usually is. Points that failed are marked below. A gap: there was nothing to measure.
 */
export function Sparkline({ times, values, marks, format, label }: {
  times: readonly number[]; values: ReadonlyArray<number | null>; marks?: readonly number[]; format: (value: number) => string; label: string;
}) {
  const [at, setAt] = useState<number | null>(null);
  const known = values.filter((value) => value !== null);
  const most = Math.max(...known, 1e-9);
  const step = WIDTH / Math.max(1, values.length - 1);
  const x = (i: number): number => (values.length === 1 ? WIDTH / 2 : i * step);
  const y = (value: number): number => HEIGHT - FOOT - (value / most) * (HEIGHT - FOOT - 2);
  const band = usualBand(known);
  const point = (event: React.PointerEvent<SVGSVGElement>): void => {
    const within = (event.clientX - event.currentTarget.getBoundingClientRect().left) / WIDTH;
    setAt(Math.max(0, Math.min(values.length - 1, Math.round(within * (values.length - 1)))));
  };
  const pointed = at === null ? null : values[at] ?? null;
  const text = at === null ? `≤ ${format(most)}` : pointed === null ? 'none' : format(pointed);
  const whole = `${label}${band ? `; usually ${format(band.low)} to ${format(band.high)} (grey)` : ''}`;
  return (
    <span className="sparkline" title={at === null ? whole : `${formatClock(times[at], false)}: ${text}. ${whole}`}>
      <svg width={WIDTH} height={HEIGHT} role="img" aria-label={whole} onPointerMove={point} onPointerLeave={() => setAt(null)}>
        {band && <rect x={0} width={WIDTH} y={y(band.high)} height={Math.max(1, y(band.low) - y(band.high))} fill="var(--bg-hover)" />}
        <path d={pathOf(values, x, y)} fill="none" stroke="var(--ink-2)" strokeWidth="1" strokeLinecap="round" />
        {marks?.map((count, i) => count > 0 && <rect key={i} x={Math.max(0, x(i) - 1)} y={HEIGHT - 2} width={Math.max(2, Math.min(step - 0.5, 4))} height={2} fill="var(--error)" />)}
        {at !== null && <rect x={x(at)} y={0} width={1} height={HEIGHT - FOOT} fill="var(--line-strong)" />}
        {at !== null && pointed !== null && <circle cx={x(at)} cy={y(pointed)} r={2} fill="var(--text)" />}
      </svg>
      <span className={at === null ? 'scale' : 'scale at'}>{text}</span>
    </span>
  );
}

/** A line broken where there is no value; one value alone is a dash. */
function pathOf(values: ReadonlyArray<number | null>, x: (i: number) => number, y: (value: number) => number): string {
  return values.map((value, i) => {
    if (value === null) return '';
    const begins = i === 0 || values[i - 1] === null;
    const alone = begins && (values[i + 1] ?? null) === null;
    return `${begins ? 'M' : 'L'}${x(i).toFixed(1)},${y(value).toFixed(1)}${alone ? 'h1' : ''}`;
  }).join('');
}
