/** The time range of the address: relative and moving (`range=15m`), or fixed (`from`, `to` in Unix ms). */
import type { TimeRange } from '../../src/server/api.js';

export const PRESETS: ReadonlyArray<{ key: string; label: string; ms: number }> = [
  { key: '1m', label: 'last minute', ms: 60_000 },
  { key: '5m', label: 'last 5 minutes', ms: 300_000 },
  { key: '15m', label: 'last 15 minutes', ms: 900_000 },
  { key: '1h', label: 'last hour', ms: 3_600_000 },
  { key: '6h', label: 'last 6 hours', ms: 6 * 3_600_000 },
  { key: '24h', label: 'last 24 hours', ms: 24 * 3_600_000 },
  { key: '7d', label: 'last 7 days', ms: 7 * 24 * 3_600_000 },
];
export const DEFAULT_PRESET = '15m';

export interface RangeChoice {
  /** Key of a preset when the range moves with time, else null. */
  preset: string | null;
  range: TimeRange;
}

/** Moves in steps: an address asked for again within one is answered from memory. */
export function chooseRange(params: URLSearchParams, nowMs: number): RangeChoice {
  const from = Number(params.get('from'));
  const to = Number(params.get('to'));
  if (from > 0 && to > from) return { preset: null, range: { from: Math.floor(from), to: Math.ceil(to) } };
  const preset = PRESETS.find((p) => p.key === params.get('range')) ?? PRESETS.find((p) => p.key === DEFAULT_PRESET)!;
  const end = Math.ceil(nowMs / 1000) * 1000;
  return { preset: preset.key, range: { from: end - preset.ms, to: end } };
}

/** Window around a moment, for pages about one request. */
export function around(ms: number, widthMs: number): TimeRange {
  return { from: Math.floor(ms - widthMs / 2), to: Math.ceil(ms + widthMs / 2) };
}
