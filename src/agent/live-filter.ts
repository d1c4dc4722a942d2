import { KindlingError } from '../errors/index.js';
import type { RequestPredicate } from './live-hub.js';

/** A filter of the filter language as a function on records. */
export function compileFilter(filter: string): RequestPredicate {
  if (filter.trim() === '') return () => true;
  throw new KindlingError('FILTER_INVALID', { filter, reason: 'filters of the live tail are not built yet' });
}
