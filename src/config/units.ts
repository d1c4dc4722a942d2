/** Durations and sizes as people write them. Each returns null for what it cannot read. */
const DURATION_MS: Record<string, number> = { us: 1e-3, ms: 1, s: 1e3, m: 60e3, h: 3600e3, d: 86400e3, w: 604800e3 };
const KIB = 1024;
const BYTES: Record<string, number> = {
  b: 1, k: KIB, kb: 1e3, kib: KIB, m: KIB ** 2, mb: 1e6, mib: KIB ** 2, g: KIB ** 3, gb: 1e9, gib: KIB ** 3, t: KIB ** 4, tb: 1e12, tib: KIB ** 4,
};

function parseQuantity(text: string, units: Record<string, number>, bare: number): number | null {
  const match = /^\s*(\d+(?:\.\d+)?)\s*([a-zµ]*)\s*$/i.exec(text);
  if (!match) return null;
  const unit = match[2].toLowerCase().replace('µ', 'u');
  const factor = unit === '' ? bare : units[unit];
  return factor === undefined ? null : Number(match[1]) * factor;
}

/** `250ms`, `2s`, `7d`; a bare number is milliseconds. */
export function parseDurationMs(text: string): number | null {
  return parseQuantity(text, DURATION_MS, 1);
}

/** `8MiB`, `20GB`, `512k`; a bare number is bytes. */
export function parseBytes(text: string): number | null {
  const bytes = parseQuantity(text, BYTES, 1);
  return bytes === null ? null : Math.round(bytes);
}

const exact = (value: number, units: ReadonlyArray<[string, number]>): string => {
  for (const [unit, factor] of units) if (value >= factor && value % factor === 0) return `${value / factor}${unit}`;
  return `${value}${units[units.length - 1][0]}`;
};

/** In the largest unit that divides it: what docs show as a default. */
export function formatDurationMs(ms: number): string {
  return exact(ms, [['d', 86400e3], ['h', 3600e3], ['m', 60e3], ['s', 1e3], ['ms', 1]]);
}

export function formatBytes(bytes: number): string {
  return exact(bytes, [['TiB', KIB ** 4], ['GiB', KIB ** 3], ['MiB', KIB ** 2], ['KiB', KIB], ['B', 1]]);
}
