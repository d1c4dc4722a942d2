/** Numbers as a person reads them, in three significant digits. */
const TIME_UNITS: ReadonlyArray<[string, number]> = [['s', 1e9], ['ms', 1e6], ['µs', 1e3], ['ns', 1]];

export function formatNs(ns: number | null): string {
  if (ns === null || Number.isNaN(ns)) return '-';
  if (ns >= 100e9) return `${Math.floor(ns / 60e9)}m${String(Math.round((ns % 60e9) / 1e9)).padStart(2, '0')}s`;
  const [unit, factor] = TIME_UNITS.find(([, size]) => ns >= size) ?? ['ns', 1];
  return `${digits(ns / factor)}${unit}`;
}

const BYTE_UNITS: ReadonlyArray<[string, number]> = [['GB', 1e9], ['MB', 1e6], ['kB', 1e3]];

export function formatSize(bytes: number): string {
  const found = BYTE_UNITS.find(([, size]) => bytes >= size);
  return found ? `${digits(bytes / found[1])}${found[0]}` : `${bytes}B`;
}

export function formatCount(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, ',');
}

function digits(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

/** `HH:MM:SS.mmm` of local time, from Unix nanoseconds in decimal. */
export function formatClock(startNs: string): string {
  const date = new Date(Number(BigInt(startNs) / 1_000_000n));
  const part = (value: number, width = 2): string => String(value).padStart(width, '0');
  return `${part(date.getHours())}:${part(date.getMinutes())}:${part(date.getSeconds())}.${part(date.getMilliseconds(), 3)}`;
}
