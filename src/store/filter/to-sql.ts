/** Filter -> WHERE clause. Values are bound parameters, always; column names come from columns.ts alone. */
import type { RequestRecord } from '../../requests/record.js';
import { ONE_END_ERRORS, REQUEST_COLUMNS, type Column } from '../columns.js';
import type { SqlValue } from '../driver.js';
import type { Condition, Filter, NumberRange } from './filter.js';

export interface Where {
  /** Conditions joined by AND; `1` when there are none. */
  sql: string;
  params: Record<string, SqlValue>;
  /** Words of conditions that the table cannot answer, left out of `sql`. */
  ignored: string[];
}

export type FilteredTable = 'requests' | 'rollup';

export function filterToSql(filter: Filter, table: FilteredTable): Where {
  const params: Record<string, SqlValue> = {};
  const ignored: string[] = [];
  const bind = (value: SqlValue, type: string): string => {
    const name = `f${Object.keys(params).length}`;
    params[name] = value;
    return `{${name}:${type}}`;
  };
  const parts: string[] = [];
  for (const condition of filter.conditions) {
    const sql = conditionSql(condition, table, bind);
    if (sql === null) ignored.push(nameOf(condition));
    else parts.push(condition.negate ? `NOT (${sql})` : `(${sql})`);
  }
  return { sql: parts.length === 0 ? '1' : parts.join(' AND '), params, ignored };
}

/** How a condition is named in a note. */
export function nameOf(condition: Condition): string {
  if (condition.type === 'free') return `"${condition.text}"`;
  return condition.type === 'once' ? 'seen' : condition.column.word;
}

type Bind = (value: SqlValue, type: string) => string;

function conditionSql(condition: Condition, table: FilteredTable, bind: Bind): string | null {
  if (condition.type === 'free') {
    if (table === 'rollup') return null;
    const needle = bind(condition.text, 'String');
    return REQUEST_COLUMNS.filter((c) => c.searched).map((c) => `positionCaseInsensitiveUTF8(${c.sql}, ${needle}) > 0`).join(' OR ');
  }
  if (condition.type === 'once') {
    const address = table === 'requests' ? 'server' : 'server_address';
    return `role = 'server' OR toString(error) IN ${bind([...ONE_END_ERRORS], 'Array(String)')} OR ${address} NOT IN ${bind([...condition.servers], 'Array(String)')}`;
  }
  const name = table === 'requests' ? condition.column.sql : condition.column.rollup;
  if (name === '') return null;
  switch (condition.type) {
    case 'flag': return `${name} = ${condition.value}`;
    case 'number': return condition.ranges.map((range) => rangeSql(numeric(condition.column, name), range, bind)).join(' OR ');
    case 'text': return textSql(condition, name, bind);
  }
}

const numeric = (column: Column<RequestRecord>, name: string): string =>
  column.kind === 'text' ? `toFloat64OrNull(${name})` : name;

function rangeSql(name: string, range: NumberRange, bind: Bind): string {
  const value = (n: number): string => bind(n, 'Float64');
  // NULL (a stage that does not exist) is in no range, and a negation takes it in.
  const parts: string[] = [];
  if (range.min === range.max) parts.push(`${name} = ${value(range.min)}`);
  else {
    if (range.min > -Infinity) parts.push(`${name} ${range.minOpen ? '>' : '>='} ${value(range.min)}`);
    if (range.max < Infinity) parts.push(`${name} ${range.maxOpen ? '<' : '<='} ${value(range.max)}`);
  }
  return `ifNull(${parts.join(' AND ')}, false)`;
}

function textSql(condition: Extract<Condition, { type: 'text' }>, name: string, bind: Bind): string {
  const { column, exact, folded, patterns } = condition;
  if (column.type === 'Hex64') return `${name} IN ${bind(exact.map((id) => BigInt(`0x${id}`)), 'Array(UInt64)')}`;
  const value = column.type === 'Role' || column.type === 'ErrorKind' ? `toString(${name})` : name;
  const parts: string[] = [];
  if (exact.length > 0) parts.push(`${value} IN ${bind(exact, 'Array(String)')}`);
  if (folded.length > 0) parts.push(`lowerUTF8(${value}) IN ${bind(folded, 'Array(String)')}`);
  for (const pattern of patterns) parts.push(`lowerUTF8(${value}) LIKE ${bind(likePattern(pattern), 'String')}`);
  return parts.join(' OR ');
}

const likePattern = (pattern: string): string => pattern.replace(/[\\%_]/g, '\\$&').replaceAll('*', '%');
