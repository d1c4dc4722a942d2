/** Servers quote what they refuse (`syntax error near 'IDENTFIED BY 'x''`): where that may be a secret, the quotation goes. */
import type { Exchange } from '../protocols/protocol.js';
import { redactSql } from './redact-sql.js';

/** Misspelt, a statement is no longer recognised as one that sets a password. */
const NAMES_SECRET = /ident|passw|pwd|secret|token|credential|auth/i;
const UNKNOWN_COMMAND = /unknown (?:sub)?command/i;
const QUOTES = /["'`«»]/;

/** The error's text (and so the response) may hold a secret of the request. */
export function mayQuoteSecret(exchange: Exchange): boolean {
  if (exchange.errorText === '') return false;
  if (exchange.protocol === 'redis') return UNKNOWN_COMMAND.test(exchange.errorText);
  return (exchange.protocol === 'mysql' || exchange.protocol === 'postgres') && NAMES_SECRET.test(exchange.resource);
}

export function redactErrorText(exchange: Exchange, literals: boolean): string {
  const { errorText: text, protocol } = exchange;
  if (mayQuoteSecret(exchange)) return withoutQuotation(text);
  // Any quotation may be a literal, whichever quotes it stands in.
  return literals && (protocol === 'mysql' || protocol === 'postgres') ? redactSql(withoutQuotation(text), protocol, true) : text;
}

/** From the first quote to the last: what is quoted may hold quotes itself. */
function withoutQuotation(text: string): string {
  const first = text.search(QUOTES);
  if (first < 0) return text;
  let last = text.length - 1;
  while (last > first && !QUOTES.test(text[last])) last--;
  // A text that was cut may end within the quotation.
  const rest = last > first && text.length < 256 ? text.slice(last) : '';
  return `${text.slice(0, first + 1)}***${rest}`;
}
