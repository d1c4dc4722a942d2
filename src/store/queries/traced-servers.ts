/** `seen:once`: which servers were traced in a range, so that the client's rows about them can stay out. */
import type { TimeRange } from '../../server/api.js';
import type { Filter } from '../filter/filter.js';
import type { QueryContext } from './context.js';
import { ROLLUP_RANGE, bucketParams, buckets } from './range.js';

const MOST = 10_000;
/** The coarsest roll-up that still makes so few steps of the range is read. */
const STEPS = 60;

export async function withTracedServers(context: QueryContext, range: TimeRange, filter: Filter): Promise<Filter> {
  if (!filter.conditions.some((c) => c.type === 'once')) return filter;
  const b = buckets(range, STEPS);
  const { from, to } = bucketParams(b);
  const rows = await context.driver.query<{ address: string }>(
    `SELECT DISTINCT server_address AS address FROM ${context.database}.${b.level.table} WHERE ${ROLLUP_RANGE} AND role = 'server' LIMIT ${MOST}`, { params: { from, to } });
  const servers = new Set(rows.map((row) => row.address));
  return { conditions: filter.conditions.map((c) => (c.type === 'once' ? { ...c, servers } : c)) };
}
