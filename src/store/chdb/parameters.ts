/**
 * Bound parameters of a query as settings of its session: `SET param_name = '...'`. The values are written as hex escapes
 * only, so the SQL parser never sees a character of them. (The client library's own binding runs all parameterised
 * queries of the process one after the other; settings belong to one session, so several run at a time.)
 */
import type { SqlValue } from '../driver.js';

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

const TSV_ESCAPES: Record<string, string> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r', '\0': '\\0', '\b': '\\b', '\f': '\\f' };

/** Text form that the engine reads a parameter from, by its declared type. */
export function parameterText(value: SqlValue): string {
  if (value === null) return '\\N';
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (typeof value === 'string') return value.replace(/[\\\t\n\r\0\b\f]/g, (c) => TSV_ESCAPES[c]);
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  return `[${value.map((v) => (typeof v === 'string' ? `'${v.replace(/[\\']/g, '\\$&')}'` : String(v))).join(',')}]`;
}

/** A string literal that consists of `\xHH` alone. */
export function hexLiteral(text: string): string {
  return `'${Buffer.from(text, 'utf8').toString('hex').replace(/../g, '\\x$&')}'`;
}

/** Statement that sets time limit and parameters, without a semicolon. */
export function settingsStatement(timeoutMs: number, params: Record<string, SqlValue>): string {
  const settings = [`max_execution_time = ${Math.max(0.001, timeoutMs / 1000)}`];
  for (const [name, value] of Object.entries(params)) {
    if (!NAME.test(name)) throw new TypeError(`Parameter name ${JSON.stringify(name)}: use letters, digits and _.`);
    settings.push(`param_${name} = ${hexLiteral(parameterText(value))}`);
  }
  return `SET ${settings.join(', ')}`;
}
