/**
 * The filter language: `service:cart protocol:postgres >100ms error:yes -comm:curl "free text"`. Terms are joined by AND;
 * a `-` in front negates one. Words and their kinds come from columns.ts.
 */
import type { RequestRecord } from '../../requests/record.js';
import type { Column } from '../columns.js';

export interface NumberRange {
  /** -Infinity / Infinity when open. */
  min: number;
  max: number;
  minOpen: boolean;
  maxOpen: boolean;
}

export type Condition = { negate: boolean; column: Column<RequestRecord> } & (
  /** Any of these: `exact` as written; `folded` without regard to case; `patterns` with `*` for anything, no case. */
  | { type: 'text'; exact: string[]; folded: string[]; patterns: string[] }
  | { type: 'number'; ranges: NumberRange[] }
  | { type: 'flag'; value: boolean }
) | { type: 'free'; negate: boolean; text: string }
  /** `seen:once`: without the client's row where the server, being traced too, has its own. `servers` holds those servers' addresses. */
  | { type: 'once'; negate: false; servers: ReadonlySet<string> };

export interface Filter {
  conditions: Condition[];
}

export class FilterError extends Error {
  readonly code = 'store_bad_filter';
  /** @param position offset of the offending character in the text */
  constructor(message: string, readonly position: number, readonly hint: string) {
    super(message);
    this.name = 'FilterError';
  }
}

export const EMPTY_FILTER: Filter = { conditions: [] };
