/** Terms -> conditions, checked against the columns. */
import type { RequestRecord } from '../../requests/record.js';
import { ERROR_KINDS, REQUEST_COLUMNS, type Column } from '../columns.js';
import { FilterError, type Condition, type Filter, type NumberRange } from './filter.js';
import { terms, type Term, type Value } from './tokens.js';

const BY_WORD = new Map(REQUEST_COLUMNS.filter((c) => c.word !== '').map((c) => [c.word.toLowerCase(), c]));
const ALIASES = new Map(Object.entries({ method: 'operation', path: 'resource', proto: 'protocol', took: 'duration', side: 'role', text: 'message' }));
/** Not a column: which of an exchange's two rows. */
const SEEN = 'seen';
const YES = new Set(['yes', 'true', '1']);
const NO = new Set(['no', 'false', '0']);
const COMPARISON = /^(>=|<=|>|<|=)?(.+)$/;
/** Nanoseconds, or bytes. Without a unit a duration is in milliseconds. */
const UNITS = new Map(Object.entries({
  duration: new Map(Object.entries({ ns: 1, us: 1e3, 'µs': 1e3, ms: 1e6, '': 1e6, s: 1e9, m: 60e9, min: 60e9 })),
  bytes: new Map(Object.entries({ '': 1, b: 1, kb: 1e3, mb: 1e6, gb: 1e9, kib: 1024, mib: 1024 ** 2, gib: 1024 ** 3 })),
  number: new Map([['', 1]]),
}));

/** @param tracedServers addresses of servers that are traced, for `seen:once`; where they depend on the time, `withTracedServers` sets them */
export function parseFilter(text: string, tracedServers: ReadonlySet<string> = new Set()): Filter {
  return { conditions: terms(text).flatMap((term) => (term.word.toLowerCase() === SEEN ? seen(term, tracedServers) : [condition(term)])) };
}

function seen(term: Term, servers: ReadonlySet<string>): Condition[] {
  const value = term.values.map((one) => one.text.toLowerCase()).join();
  if (term.negate || (value !== 'once' && value !== 'both')) throw new FilterError('seen: takes once or both.', term.position, 'Write seen:once for one row an exchange; role:client or role:server for one end.');
  return value === 'once' ? [{ type: 'once', negate: false, servers }] : [];
}

function condition(term: Term): Condition {
  if (term.word === '') return bare(term);
  const column = BY_WORD.get(ALIASES.get(term.word.toLowerCase()) ?? term.word.toLowerCase());
  if (column === undefined) {
    throw new FilterError(`There is no field ${term.word}.`, term.position, `Fields: ${[...BY_WORD.values()].map((c) => c.word).join(', ')}, ${SEEN}. To search for the text, put it in quotes.`);
  }
  return ofColumn(column, term);
}

/** `>100ms` is about the duration; everything else is searched as text. */
function bare(term: Term): Condition {
  const [value] = term.values;
  if (!value.quoted && /^[<>]=?\d/.test(value.text)) return { type: 'number', negate: term.negate, column: BY_WORD.get('duration')!, ranges: [range(value, 'duration')] };
  if (value.text === '') throw new FilterError('There is nothing to search for between the quotes.', term.position, 'Write a word, or leave the quotes out.');
  return { type: 'free', negate: term.negate, text: value.text };
}

function ofColumn(column: Column<RequestRecord>, term: Term): Condition {
  const { negate, values } = term;
  if (column.type === 'Hex64') return { type: 'text', negate, column, exact: values.map(requestId), folded: [], patterns: [] };
  if (column.kind === 'flag') return { type: 'flag', negate, column, value: flag(column, values) };
  if (column.type === 'ErrorKind') return { type: 'text', negate, column, exact: values.flatMap(errorKinds), folded: [], patterns: [] };
  if (column.type === 'Role') return { type: 'text', negate, column, exact: values.map((v) => oneOf(column, v)), folded: [], patterns: [] };
  const compared = column.kind === 'text' && values.every((v) => !v.quoted && /^(>=|<=|>|<)\d/.test(v.text));
  if (column.kind !== 'text' || compared) return { type: 'number', negate, column, ranges: values.map((v) => range(v, compared ? 'number' : column.kind)) };
  const patterns = values.filter((v) => !v.quoted && v.text.includes('*'));
  const plain = values.filter((v) => !patterns.includes(v));
  return {
    type: 'text', negate, column, exact: plain.filter((v) => v.quoted || column.caseSensitive).map((v) => v.text),
    folded: plain.filter((v) => !v.quoted && !column.caseSensitive).map((v) => v.text.toLowerCase()),
    patterns: patterns.map((v) => v.text.toLowerCase()),
  };
}

function requestId(value: Value): string {
  if (/^[0-9a-fA-F]{1,16}$/.test(value.text)) return value.text.toLowerCase().padStart(16, '0');
  throw new FilterError(`${value.text} is not a request id.`, value.position, 'Ids have 16 hexadecimal digits.');
}

function flag(column: Column<RequestRecord>, values: Value[]): boolean {
  const text = values[0].text.toLowerCase();
  if (values.length === 1 && YES.has(text)) return true;
  if (values.length === 1 && NO.has(text)) return false;
  throw new FilterError(`${column.word}: takes yes or no, not ${values[0].text}.`, values[0].position, `Write ${column.word}:yes or ${column.word}:no.`);
}

function errorKinds(value: Value): string[] {
  const text = value.text.toLowerCase();
  if (YES.has(text)) return ERROR_KINDS.filter((kind) => kind !== 'none');
  if (NO.has(text)) return ['none'];
  if ((ERROR_KINDS as readonly string[]).includes(text)) return [text];
  throw new FilterError(`error: does not know ${value.text}.`, value.position, `Write yes, no, ${ERROR_KINDS.join(', ')}.`);
}

function oneOf(column: Column<RequestRecord>, value: Value): string {
  const text = value.text.toLowerCase();
  if (column.values?.includes(text)) return text;
  throw new FilterError(`${column.word}: does not know ${value.text}.`, value.position, `Write ${column.values?.join(' or ')}.`);
}

/** `100ms`, `>100ms`, `<=1s`, `100ms..1s` (both ends included, either may be missing). */
function range(value: Value, kind: string): NumberRange {
  const open: NumberRange = { min: -Infinity, max: Infinity, minOpen: false, maxOpen: false };
  const dots = value.text.indexOf('..');
  if (dots >= 0) {
    const from = value.text.slice(0, dots);
    const to = value.text.slice(dots + 2);
    if (from !== '') open.min = quantity(from, value, kind);
    if (to !== '') open.max = quantity(to, value, kind);
    if (from === '' && to === '') throw badNumber(value, kind);
    return open;
  }
  const [, operator, text] = COMPARISON.exec(value.text) ?? [undefined, undefined, ''];
  const amount = quantity(text, value, kind);
  if (operator === '>' || operator === '>=') return { ...open, min: amount, minOpen: operator === '>' };
  if (operator === '<' || operator === '<=') return { ...open, max: amount, maxOpen: operator === '<' };
  return { ...open, min: amount, max: amount };
}

function quantity(text: string, value: Value, kind: string): number {
  const match = /^(\d+(?:\.\d+)?)([a-zµ]*)$/i.exec(text);
  const unit = match === null ? undefined : UNITS.get(kind)?.get(match[2].toLowerCase());
  if (match === null || unit === undefined) throw badNumber(value, kind);
  const amount = Number(match[1]) * unit;
  if (amount === Infinity) throw badNumber(value, kind);
  return amount;
}

function badNumber(value: Value, kind: string): FilterError {
  const what = kind === 'duration' ? ['a duration', '>100ms, 1.5s, 200us..1ms'] : kind === 'bytes' ? ['a size', '>10kb, 1mib, 0..100'] : ['a number', '80, >1000, 1..10'];
  return new FilterError(`${value.text} is not ${what[0]}.`, value.position, `Write for example ${what[1]}.`);
}
