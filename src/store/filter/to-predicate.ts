/** Filter -> function on a request, for the live tail: the same answers as the SQL. */
import type { RequestRecord } from '../../requests/record.js';
import type { RequestSummary } from '../../server/api.js';
import { ONE_END_ERRORS, REQUEST_COLUMNS, type ColumnValue } from '../columns.js';
import type { Condition, Filter, NumberRange } from './filter.js';

type Predicate = (request: RequestSummary) => boolean;

export function filterToPredicate(filter: Filter): Predicate {
  const all = filter.conditions.map((condition) => {
    const holds = conditionPredicate(condition);
    return condition.negate ? (r: RequestSummary) => !holds(r) : holds;
  });
  return (request) => all.every((holds) => holds(request));
}

const SEARCHED = REQUEST_COLUMNS.filter((c) => c.searched);

function conditionPredicate(condition: Condition): Predicate {
  if (condition.type === 'free') {
    const needle = condition.text.toLowerCase();
    return (r) => SEARCHED.some((c) => String(c.get(r as RequestRecord)).toLowerCase().includes(needle));
  }
  if (condition.type === 'once') return (r) => r.role === 'server' || ONE_END_ERRORS.includes(r.error) || !condition.servers.has(r.server);
  // No filterable column is a payload, and that is all a summary lacks.
  const get = (r: RequestSummary): ColumnValue => condition.column.get(r as RequestRecord);
  switch (condition.type) {
    case 'flag': return (r) => get(r) === condition.value;
    case 'number': return (r) => condition.ranges.some((range) => inRange(get(r), range));
    case 'text': {
      const exact = new Set(condition.exact);
      const folded = new Set(condition.folded);
      const patterns = condition.patterns.map(wildcard);
      return (r) => {
        const text = String(get(r));
        const lower = text.toLowerCase();
        return exact.has(text) || folded.has(lower) || patterns.some((fits) => fits(lower));
      };
    }
  }
}

function inRange(value: ColumnValue, range: NumberRange): boolean {
  if (value === null || value === '' || typeof value === 'boolean') return false;
  const n = Number(value);
  return (range.minOpen ? n > range.min : n >= range.min) && (range.maxOpen ? n < range.max : n <= range.max);
}

/** `*` stands for anything. Takes the first place where each piece fits: linear, whatever the pattern. */
function wildcard(pattern: string): (text: string) => boolean {
  const pieces = pattern.split('*');
  const first = pieces[0];
  const last = pieces[pieces.length - 1];
  return (text) => {
    if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false;
    let at = first.length;
    for (const piece of pieces.slice(1, -1)) {
      const found = text.indexOf(piece, at);
      if (found < 0) return false;
      at = found + piece.length;
    }
    return at <= text.length - last.length;
  };
}
