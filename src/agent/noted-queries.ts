/** Answers say themselves what they may lack: losses of capture in their time, trouble of the store. */
import type { TimeRange } from '../server/api.js';
import type { Queries } from '../server/queries.js';

/** @param notes what to say about a time */
export function withNotes(queries: Queries, notes: (range: TimeRange) => string[]): Queries {
  const noted = async <T extends { range: TimeRange; notes: string[] }>(answer: Promise<T>): Promise<T> => {
    const given = await answer;
    return { ...given, notes: [...notes(given.range), ...given.notes] };
  };
  return {
    overview: (range, filter) => noted(queries.overview(range, filter)),
    requests: (query) => noted(queries.requests(query)),
    heatmap: (range, filter, columns) => noted(queries.heatmap(range, filter, columns)),
    request: (id) => queries.request(id),
    service: (name, range) => queries.service(name, range),
    fields: () => queries.fields(),
  };
}
