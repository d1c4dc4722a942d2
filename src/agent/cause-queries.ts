/** Profiles together with what time was lost to: for that, requests are compared with those of the hour before. */
import type { Causes, Overview, TimeRange } from '../server/api.js';
import type { ProfileSource, Queries } from '../server/queries.js';
import { causesOf } from './causes.js';
import type { Profiles } from './profiles.js';

const HOUR_MS = 3_600_000;

export function withCauses(profiles: Profiles, queries: Queries): ProfileSource {
  const overview = (range: TimeRange): Promise<Overview | null> => queries.overview(range, '').catch(() => null); // what profiles say is said without the store
  return {
    get: (id) => profiles.get(id),
    list: (limit) => profiles.list(limit),
    causes: async (range): Promise<Causes> => {
      const [rows, now, before] = await Promise.all([profiles.rows(range), overview(range), overview({ from: range.from - HOUR_MS, to: range.from })]);
      return causesOf(rows, range, now, before);
    },
  };
}
