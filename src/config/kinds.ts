/** The kinds of values options have. Every kind reads both YAML values and text (environment, command line). */
import { z } from 'zod';
import { parseBytes, parseDurationMs } from './units.js';

const text = z.union([z.string(), z.number()]);

function read<T>(expected: string, parse: (text: string) => T | null) {
  return text.transform((value, context): T => {
    const result = parse(String(value).trim());
    if (result !== null) return result;
    context.addIssue({ code: 'custom', message: `not ${expected}` });
    return z.NEVER;
  });
}

const TRUE = ['true', 'yes', 'on', '1'];
const FALSE = ['false', 'no', 'off', '0'];

export const flag = z.union([z.boolean(), read('true or false', (value) =>
  TRUE.includes(value.toLowerCase()) ? true : FALSE.includes(value.toLowerCase()) ? false : null)]);

export const string = z.union([z.string(), z.number()]).transform(String);

export function choice<const T extends readonly [string, ...string[]]>(...values: T) {
  // YAML 1.1 habits: an unquoted `off` may arrive as false.
  return z.preprocess((value) => (value === false && values.includes('off') ? 'off' : value), z.enum(values));
}

export function integer(min: number, max: number) {
  return read(`a whole number from ${min} to ${max}`, (value) => {
    const number = Number(value);
    return /^\d+$/.test(value) && number >= min && number <= max ? number : null;
  });
}

export function durationMs(min: string, max: string) {
  const [low, high] = [parseDurationMs(min)!, parseDurationMs(max)!];
  return read(`a duration from ${min} to ${max}`, (value) => {
    const ms = parseDurationMs(value);
    return ms !== null && ms >= low && ms <= high ? ms : null;
  });
}

export function bytes(min: string, max: string) {
  const [low, high] = [parseBytes(min)!, parseBytes(max)!];
  return read(`a size from ${min} to ${max}`, (value) => {
    const size = parseBytes(value);
    return size !== null && size >= low && size <= high ? size : null;
  });
}

/** Rows a second; `all` is no limit. */
export const budget = read('a number of rows a second, or `all`', (value) =>
  value === 'all' ? Infinity : /^\d+$/.test(value) ? Number(value) : null);

/** A YAML list, or text with commas; one value is a list of one. */
export function list<T extends z.ZodType>(item: T) {
  return z.preprocess((value) => {
    const values = Array.isArray(value) ? value : value === undefined || value === '' ? [] : [value];
    return values.flatMap((entry) => (typeof entry === 'string' ? entry.split(',').filter((part) => part !== '') : [entry]));
  }, z.array(item));
}

/** A YAML map, or text as `http=200ms,redis=20ms`; keys not given keep their defaults. */
export function durationsByName(names: readonly string[], defaults: Record<string, number>) {
  const entry = durationMs('0ms', '1h');
  return z.preprocess(
    (value) => (typeof value === 'string' || Array.isArray(value) ? pairs(value) : value),
    z.partialRecord(z.enum(names as [string, ...string[]]), entry),
  ).transform((given) => ({ ...defaults, ...given }) as Record<string, number>);
}

function pairs(value: string | unknown[]): unknown {
  const parts = (Array.isArray(value) ? value.map(String) : [value]).flatMap((part) => part.split(',')).filter((part) => part !== '');
  const entries = parts.map((part) => part.split('=', 2));
  return entries.every((entry) => entry.length === 2) ? Object.fromEntries(entries.map(([name, ms]) => [name.trim(), ms])) : value;
}

export interface ListenAddress { host: string; port: number }

/** `127.0.0.1:9500`, `[::1]:9500`, `:9500`, `9500`. */
export const listenAddress = read('an address like 127.0.0.1:9500', (value): ListenAddress | null => {
  const match = /^(?:(\[[0-9a-f:.]+\]|[\w.-]*):)?(\d{1,5})$/i.exec(value);
  if (!match || Number(match[2]) > 65535) return null;
  const host = (match[1] ?? '').replace(/^\[|\]$/g, '');
  return { host: host === '' ? '127.0.0.1' : host, port: Number(match[2]) };
});
