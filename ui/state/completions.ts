import type { FieldInfo } from '../../src/server/api.js';
import { filterWord } from './filter-words.js';

export interface Completion { insert: string; label: string; help: string }

const MOST = 12;

/** The word the caret stands in: from the last space outside of quotes. */
export function wordAt(text: string, caret: number): { start: number; word: string } {
  let start = 0;
  let quoted = false;
  for (let i = 0; i < caret; i++) {
    if (text[i] === '"' && text[i - 1] !== '\\') quoted = !quoted;
    else if (text[i] === ' ' && !quoted) start = i + 1;
  }
  return { start, word: text.slice(start, caret) };
}

/** Nothing to apply yet: a field without its value, an open quote, a comparison without its number. */
export function isUnfinished(text: string): boolean {
  const { word } = wordAt(text, text.length);
  return /[:<>=,-]$/.test(word) || (word.replace(/\\"/g, '').split('"').length % 2 === 0);
}

export function completions(word: string, fields: readonly FieldInfo[], seen: (field: string) => string[]): Completion[] {
  const colon = word.indexOf(':');
  const usable = fields.filter((field) => field.filter);
  if (colon < 0) {
    const typed = word.replace(/^-/, '').toLowerCase();
    const sign = word.startsWith('-') ? '-' : '';
    return usable
      .filter((field) => field.name.toLowerCase().startsWith(typed) && field.name !== typed)
      .map((field) => ({ insert: `${sign}${field.name}:`, label: `${sign}${field.name}:`, help: field.help }))
      .slice(0, MOST);
  }
  const name = word.slice(0, colon).replace(/^-/, '');
  const typed = word.slice(colon + 1).replace(/^"/, '').toLowerCase();
  const field = usable.find((candidate) => candidate.name === name);
  if (!field) return [];
  const values = [...new Set([...(field.values ?? []), ...seen(name)])];
  const prefix = word.startsWith('-') ? '-' : '';
  return values
    .filter((value) => value.toLowerCase().includes(typed) && value.toLowerCase() !== typed)
    .map((value) => ({ insert: `${prefix}${filterWord(name, value)} `, label: value, help: '' }))
    .slice(0, MOST);
}
