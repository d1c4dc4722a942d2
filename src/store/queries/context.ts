/** What every query function gets. */
import type { StoreReader } from '../driver.js';
import type { Filter } from '../filter/filter.js';
import type { Where } from '../filter/to-sql.js';

export interface QueryContext {
  driver: StoreReader;
  database: string;
}

export const ERRORS = `sumIf(count, error != 'none')`;
export const SLOW = 'sumIf(count, slow)';

/** For answers made from roll-ups: which terms they could not take into account. */
export function ignoredNote(where: Where): string[] {
  if (where.ignored.length === 0) return [];
  return [`These counts leave out the filter on ${where.ignored.join(', ')}: only single requests know it, see the list.`];
}

/** Every request that matches is slow or failed: the small table answers. */
export function onlyAbnormal(filter: Filter): boolean {
  return filter.conditions.some((c) => {
    if (c.negate || c.type === 'free' || c.type === 'once') return false;
    if (c.type === 'flag') return c.column.sql === 'slow' && c.value;
    return c.type === 'text' && c.column.sql === 'error' && !c.exact.includes('none');
  });
}
