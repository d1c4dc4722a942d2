/**
 * Cuts SQL text into tokens: just enough to find the statement's verb, its tables and its literals. Text may be cut
 * anywhere (an open literal or comment runs to the end) and may be garbage; the scanner always advances.
 */
export type SqlDialect = 'mysql' | 'postgres';

export const END = 0;
export const WORD = 1;
/** `"quoted"`, `` `quoted` `` or `[quoted]` identifier. */
export const QUOTED = 2;
export const STRING = 3;
export const NUMBER = 4;
export const PUNCTUATION = 5;
export type SqlToken = typeof END | typeof WORD | typeof QUOTED | typeof STRING | typeof NUMBER | typeof PUNCTUATION;

export class SqlScanner {
  /** The current token is `text[start, end)`. */
  start = 0;
  end = 0;
  token: SqlToken = END;
  #text = '';
  #mysql = false;

  reset(text: string, dialect: SqlDialect): void {
    this.#text = text;
    this.#mysql = dialect === 'mysql';
    this.start = this.end = 0;
    this.token = END;
  }

  next(): SqlToken {
    const text = this.#text;
    const at = this.#skipBlank(this.end);
    this.start = at;
    if (at >= text.length) {
      this.end = text.length;
      return (this.token = END);
    }
    const c = text.charCodeAt(at);
    if (isWordStart(c)) return this.#word(at);
    if (isDigit(c)) return this.#take(NUMBER, this.#wordEnd(at + 1, true));
    if (c === 39) return this.#take(STRING, this.#quoteEnd(at, 39, this.#mysql));
    if (c === 34) return this.#take(this.#mysql ? STRING : QUOTED, this.#quoteEnd(at, 34, this.#mysql));
    if (c === 96) return this.#take(QUOTED, this.#quoteEnd(at, 96, false));
    if (c === 36) return this.#dollar(at);
    return this.#take(PUNCTUATION, at + 1);
  }

  /** The token's text, an identifier without its quotes. */
  text(): string {
    if (this.token !== QUOTED) return this.#text.slice(this.start, this.end);
    const quote = this.#text[this.start];
    const closed = this.end - this.start > 1 && this.#text[this.end - 1] === quote;
    return this.#text.slice(this.start + 1, closed ? this.end - 1 : this.end).replaceAll(quote + quote, quote);
  }

  /** Character code of a punctuation token, else 0. */
  punctuation(): number {
    return this.token === PUNCTUATION ? this.#text.charCodeAt(this.start) : 0;
  }

  #take(token: SqlToken, end: number): SqlToken {
    this.end = end;
    return (this.token = token);
  }

  /** A word, or a prefixed literal: `E'..'`, `N'..'`, `x'..'`, `_utf8'..'`. */
  #word(at: number): SqlToken {
    const end = this.#wordEnd(at + 1, false);
    if (this.#text.charCodeAt(end) === 39 && (end - at === 1 || this.#text.charCodeAt(at) === 95)) {
      const escapes = this.#mysql || (this.#text.charCodeAt(at) | 32) === 101;
      return this.#take(STRING, this.#quoteEnd(end, 39, escapes));
    }
    return this.#take(WORD, end);
  }

  #wordEnd(at: number, number: boolean): number {
    const text = this.#text;
    while (at < text.length) {
      const c = text.charCodeAt(at);
      if (!isWordStart(c) && !isDigit(c) && c !== 36 && !(number && c === 46)) break;
      at++;
    }
    return at;
  }

  /** Behind the closing quote; a doubled quote stands for itself, as does an escaped one where backslash escapes. */
  #quoteEnd(at: number, quote: number, backslash: boolean): number {
    const text = this.#text;
    for (let i = at + 1; i < text.length; i++) {
      const c = text.charCodeAt(i);
      if (c === quote) {
        if (text.charCodeAt(i + 1) !== quote) return i + 1;
        i++;
      } else if (c === 92 && backslash) {
        i++;
      }
    }
    return text.length;
  }

  /** `$1` is a placeholder, `$$..$$` and `$tag$..$tag$` are PostgreSQL's literals. */
  #dollar(at: number): SqlToken {
    const text = this.#text;
    if (this.#mysql) return this.#take(PUNCTUATION, at + 1);
    let i = at + 1;
    if (isDigit(text.charCodeAt(i))) return this.#take(PUNCTUATION, this.#wordEnd(i, false));
    while (i < text.length && (isWordStart(text.charCodeAt(i)) || isDigit(text.charCodeAt(i)))) i++;
    if (i < text.length && text.charCodeAt(i) !== 36) return this.#take(PUNCTUATION, at + 1);
    const tag = text.slice(at, i + 1);
    const close = text.indexOf(tag, i + 1);
    return this.#take(STRING, close < 0 ? text.length : close + tag.length);
  }

  #skipBlank(at: number): number {
    const text = this.#text;
    while (at < text.length) {
      const c = text.charCodeAt(at);
      if (c <= 32) at++;
      else if (c === 45 && text.charCodeAt(at + 1) === 45) at = this.#lineEnd(at);
      else if (c === 35 && this.#mysql) at = this.#lineEnd(at);
      else if (c === 47 && text.charCodeAt(at + 1) === 42) at = this.#commentEnd(at);
      else break;
    }
    return at;
  }

  #lineEnd(at: number): number {
    const newline = this.#text.indexOf('\n', at);
    return newline < 0 ? this.#text.length : newline + 1;
  }

  /** PostgreSQL's comments nest, MySQL's do not. */
  #commentEnd(at: number): number {
    const text = this.#text;
    let depth = 1;
    for (let i = at + 2; i < text.length; i++) {
      const c = text.charCodeAt(i);
      const following = text.charCodeAt(i + 1);
      if (c === 42 && following === 47) {
        i++;
        if (--depth === 0) return i + 1;
      } else if (c === 47 && following === 42 && !this.#mysql) {
        i++;
        depth++;
      }
    }
    return text.length;
  }
}

function isWordStart(c: number): boolean {
  return ((c | 32) >= 97 && (c | 32) <= 122) || c === 95 || c >= 128;
}

function isDigit(c: number): boolean {
  return c >= 48 && c <= 57;
}
