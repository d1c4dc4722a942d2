/**
 * Where both ends are traced each exchange has two rows. By default one is shown: the server's, which knows what the
 * service itself took; the client's is one click away, and stays where no server was seen. In the address: `ends`.
 */
import { joinFilters, splitFilter } from './filter-words.js';

export const ENDS = ['once', 'both', 'client', 'server'] as const;
export type Ends = (typeof ENDS)[number];

const WORDS: Record<Ends, string> = { once: 'seen:once', both: '', client: 'role:client', server: 'role:server' };

/** null: the filter itself says which end. */
export function endsOf(params: URLSearchParams): Ends | null {
  if (splitFilter(params.get('filter') ?? '').some((word) => /^-?(role|side|seen):/.test(word))) return null;
  return ENDS.find((one) => one === params.get('ends')) ?? 'once';
}

/** The filter of the address with the choice of ends in it. */
export function filterWithEnds(params: URLSearchParams): string {
  const ends = endsOf(params);
  return joinFilters(params.get('filter') ?? '', ends === null ? '' : WORDS[ends]);
}
