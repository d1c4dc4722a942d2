/** Numbers as people read them, always with their unit. */
const MISSING = '–';
/** Keeps a number and its unit on one line. */
const NBSP = '\u00a0';

function significant(value: number): string {
  const size = Math.abs(value);
  if (size >= 100) return Math.round(value).toString();
  if (size >= 10) return trimZeros(value.toFixed(1));
  if (size >= 0.1 || size === 0) return trimZeros(value.toFixed(2));
  return trimZeros(Number(value.toPrecision(1)).toFixed(6));
}

function trimZeros(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

/** Picks the largest unit that leaves at least 1; rounding to 1,000 moves on to the next. */
function scaled(value: number, units: ReadonlyArray<[number, string]>): string {
  let index = 0;
  while (index + 1 < units.length && Math.abs(value) >= units[index + 1][0] * 0.9995) index++;
  const [size, unit] = units[index];
  return `${significant(value / size)}${NBSP}${unit}`;
}

export function formatDuration(ns: number | null | undefined): string {
  if (ns === null || ns === undefined || !Number.isFinite(ns)) return MISSING;
  if (ns === 0) return `0${NBSP}ms`;
  if (Math.abs(ns) >= 120e9) return scaled(ns, [[60e9, 'min'], [3600e9, 'h']]);
  return scaled(ns, [[1, 'ns'], [1e3, 'µs'], [1e6, 'ms'], [1e9, 's']]);
}

export function formatBytes(bytes: number | null | undefined): string {
  if (bytes === null || bytes === undefined || !Number.isFinite(bytes)) return MISSING;
  return scaled(bytes, [[1, 'B'], [1e3, 'kB'], [1e6, 'MB'], [1e9, 'GB'], [1e12, 'TB']]);
}

/** Exact below a million: counts are promises. */
export function formatCount(count: number | null | undefined): string {
  if (count === null || count === undefined || !Number.isFinite(count)) return MISSING;
  if (Math.abs(count) < 1e6) return Math.round(count).toString().replace(/\B(?=(\d{3})+$)/g, ',');
  return scaled(count, [[1e6, 'M'], [1e9, 'G']]);
}

export function formatRate(perSecond: number | null | undefined): string {
  if (perSecond === null || perSecond === undefined || !Number.isFinite(perSecond)) return MISSING;
  if (perSecond < 999.5) return `${significant(perSecond)}${NBSP}/s`;
  return `${scaled(perSecond, [[1e3, 'k'], [1e6, 'M']])}/s`;
}

/** A share from 0 to 1. What exists is never shown as nothing. */
export function formatShare(share: number | null | undefined): string {
  if (share === null || share === undefined || !Number.isFinite(share)) return MISSING;
  const percent = share * 100;
  if (percent > 0 && percent < 0.1) return `<0.1${NBSP}%`;
  if (percent < 1 || (percent > 99 && percent < 100)) return `${trimZeros(percent.toFixed(1))}${NBSP}%`;
  return `${Math.round(percent)}${NBSP}%`;
}

export function formatCores(cores: number | null | undefined): string {
  if (cores === null || cores === undefined || !Number.isFinite(cores)) return MISSING;
  return `${cores < 0.1 ? cores.toFixed(3) : cores.toFixed(2)}${NBSP}cores`;
}

const two = (value: number): string => String(value).padStart(2, '0');

/** Local time of day, `14:03:22.117`. */
export function formatClock(ms: number, withMillis = true): string {
  const date = new Date(ms);
  const clock = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  return withMillis ? `${clock}.${String(date.getMilliseconds()).padStart(3, '0')}` : clock;
}

export function formatDate(ms: number): string {
  const date = new Date(ms);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** With the date, unless it is today. */
export function formatTime(ms: number, nowMs: number): string {
  return formatDate(ms) === formatDate(nowMs) ? formatClock(ms) : `${formatDate(ms)} ${formatClock(ms)}`;
}

/** Nanoseconds since 1970 as decimal digits (they exceed 2^53) to milliseconds with a fraction. */
export function startMs(ns: string): number {
  return Number(ns.slice(0, -6) || '0') + Number(ns.slice(-6)) / 1e6;
}

/** How long ago, coarse. */
export function formatAge(ms: number): string {
  if (ms < 60_000) return `${Math.round(ms / 1000)}${NBSP}s`;
  if (ms < 3_600_000) return `${Math.floor(ms / 60_000)}${NBSP}min`;
  if (ms < 86_400_000) return `${significant(Math.floor(ms / 360_000) / 10)}${NBSP}h`;
  return `${significant(Math.floor(ms / 8_640_000) / 10)}${NBSP}days`;
}
