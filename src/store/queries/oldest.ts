/** Where data begin within a range. */
import type { TimeRange } from '../../server/api.js';
import type { QueryContext } from './context.js';
import { LEVELS, ROLLUP_RANGE } from './range.js';

/** Coarse roll-ups reach further back, fine ones say it more exactly. Steps that only begin in the range do not count: what is in them may lie after it. */
export async function oldest(context: QueryContext, range: TimeRange): Promise<number | null> {
  const params = { from: Math.floor(range.from / 1000), to: Math.floor(range.to / 1000) };
  const found = await Promise.all(LEVELS.map(async ({ table, seconds }) => {
    // In the order of the sorting key: reads the first rows only.
    const [row] = await context.driver.query<{ t: number }>(
      `SELECT toUnixTimestamp(time) AS t FROM ${context.database}.${table} WHERE ${ROLLUP_RANGE} ORDER BY time LIMIT 1`, { params: { ...params, to: params.to - seconds + 1 } });
    return row === undefined ? null : { t: Number(row.t), seconds };
  }));
  // From coarse to fine: a finer one that lies within the coarser one's first step knows better.
  let best: number | null = null;
  for (const one of found) if (one !== null && (best === null || one.t < best + 3600)) best = one.t;
  return best === null ? null : best * 1000;
}
