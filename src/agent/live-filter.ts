import { parseFilter } from '../store/filter/parse.js';
import { filterToPredicate } from '../store/filter/to-predicate.js';
import type { RequestPredicate } from './live-hub.js';

/** A filter of the filter language as a function on records. */
export function compileFilter(filter: string, tracedServers?: ReadonlySet<string>): RequestPredicate {
  return filterToPredicate(parseFilter(filter, tracedServers));
}
