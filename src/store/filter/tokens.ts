/** Filter text -> terms: `[-][word:]value[,value]`, values bare or in double quotes. */
import { FilterError } from './filter.js';

export interface Value { text: string; quoted: boolean; position: number }
export interface Term { negate: boolean; word: string; values: Value[]; position: number }

const MAX_LENGTH = 2_000;
const MAX_TERMS = 50;
const WORD = /[A-Za-z][A-Za-z_.]*:/y;

export function terms(text: string): Term[] {
  if (text.length > MAX_LENGTH) throw new FilterError(`The filter has ${text.length} characters; ${MAX_LENGTH} are the most.`, MAX_LENGTH, 'Shorten it.');
  const found: Term[] = [];
  let at = 0;
  for (;;) {
    while (at < text.length && /\s/.test(text[at])) at++;
    if (at >= text.length) return found;
    if (found.length === MAX_TERMS) throw new FilterError(`The filter has more than ${MAX_TERMS} terms.`, at, 'Use fewer, or a list of values: status:500,502.');
    const position = at;
    const negate = text[at] === '-' && at + 1 < text.length && !/\s/.test(text[at + 1]);
    if (negate) at++;
    WORD.lastIndex = at;
    const word = WORD.exec(text)?.[0].slice(0, -1) ?? '';
    if (word !== '') at += word.length + 1;
    const values: Value[] = [];
    let more = true;
    while (more) {
      const [value, next] = readValue(text, at, word !== '');
      more = word !== '' && text[next] === ',';
      at = more ? next + 1 : next;
      // A list that is still being typed ends with its comma.
      if (word === '' || value.quoted || value.text !== '') values.push(value);
    }
    if (values.length === 0) {
      throw new FilterError(`${word}: has no value.`, position, `Write it without a space: ${word}:value, or ${word}:"" for empty.`);
    }
    found.push({ negate, word, values, position });
  }
}

/** @param list a comma ends the value @returns the value, and the offset behind it */
function readValue(text: string, start: number, list: boolean): [Value, number] {
  if (text[start] === '"') return readQuoted(text, start);
  let end = start;
  while (end < text.length && !/\s/.test(text[end]) && !(list && text[end] === ',')) end++;
  return [{ text: text.slice(start, end), quoted: false, position: start }, end];
}

function readQuoted(text: string, start: number): [Value, number] {
  let value = '';
  let at = start + 1;
  for (; at < text.length && text[at] !== '"'; at++) {
    if (text[at] === '\\' && at + 1 < text.length) at++;
    value += text[at];
  }
  if (at >= text.length) throw new FilterError('A quote is not closed.', start, 'Add a " at the end; within quotes write \\" for a quote.');
  return [{ text: value, quoted: true, position: start }, at + 1];
}
