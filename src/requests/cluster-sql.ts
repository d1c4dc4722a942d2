/**
 * A statement's verb and first table, as `select orders *`; what cannot be told is left out (`select *`). A table of
 * the statement itself goes before one of a subquery or of a CTE. Names keep their schema and lose their quotes.
 */
import { END, PUNCTUATION, QUOTED, SqlScanner, WORD } from './sql-scanner.js';
import type { SqlDialect } from './sql-scanner.js';
import { NOISE, TABLE_RULES, VERBS } from './sql-verbs.js';
import type { TableRule } from './sql-verbs.js';

const MAX_TOKENS = 2_000;
const MAX_NAME = 64;
const OPEN = 40;
const CLOSE = 41;
const DOT = 46;
const AT_MAIN = 0;

export interface SqlSummary {
  /** Lower case, '' when the text is no statement that we know. */
  operation: string;
  table: string;
}

export function clusterSql(statement: string, dialect: SqlDialect): string {
  const { operation, table } = summarizeSql(statement, dialect);
  if (operation === '') return '*';
  return table === '' ? `${operation} *` : `${operation} ${table} *`;
}

export function summarizeSql(statement: string, dialect: SqlDialect): SqlSummary {
  scanner.reset(statement, dialect);
  return new Summary(scanner).read();
}

const scanner = new SqlScanner();

class Summary {
  #operation = '';
  /** Names of common table expressions, which are no tables. */
  #ctes: Set<string> | null = null;
  #nested = '';
  /** A `from` in parentheses belongs to a subquery only behind a `select` (`extract(year from t)` has none). */
  #isSubquery = false;
  #depth = AT_MAIN;
  #tokens = 0;

  constructor(private readonly sql: SqlScanner) {}

  read(): SqlSummary {
    if (!this.#readVerb()) return { operation: '', table: '' };
    const rule = TABLE_RULES[this.#operation];
    const table = rule === undefined ? '' : this.#findTable(rule);
    return { operation: this.#operation, table: (table || this.#nested).slice(0, MAX_NAME) };
  }

  #next(): number {
    if (++this.#tokens > MAX_TOKENS) return (this.sql.token = END);
    const token = this.sql.next();
    const c = token === PUNCTUATION ? this.sql.punctuation() : 0;
    if (c === OPEN) this.#depth++;
    else if (c === CLOSE) this.#depth--;
    return token;
  }

  /** The word in lower case, '' for anything else. */
  #word(): string {
    return this.sql.token === WORD ? this.sql.text().toLowerCase() : '';
  }

  #readVerb(): boolean {
    do this.#next(); while (this.sql.punctuation() === OPEN || this.sql.punctuation() === 59);
    this.#depth = AT_MAIN;
    const verb = this.#word();
    if (verb === 'with') return this.#readCtes();
    if (!VERBS.has(verb)) return false;
    this.#operation = verb;
    return true;
  }

  /** `WITH a AS (...), b (x) AS (...) <statement>`: the statement's verb counts. */
  #readCtes(): boolean {
    this.#ctes = new Set();
    let nameExpected = true;
    while (this.#next() !== END) {
      if (this.#depth > AT_MAIN) this.#noteNested();
      if (this.#depth !== AT_MAIN) continue;
      const word = this.#word();
      if (this.sql.punctuation() === 44) nameExpected = true;
      else if (nameExpected && word !== 'recursive' && (word !== '' || this.sql.token === QUOTED)) {
        this.#ctes.add(this.sql.text());
        nameExpected = false;
      } else if (VERBS.has(word) && word !== 'as') {
        this.#operation = word;
        return true;
      }
    }
    this.#operation = 'with';
    return true;
  }

  /** Remembers the first table of a subquery, should the statement itself have none. */
  #noteNested(): void {
    if (this.#nested !== '') return;
    const word = this.#word();
    if (word === 'from' || word === 'into' || word === 'update') this.#nested = this.#readName();
  }

  #findTable(rule: TableRule): string {
    if (rule.direct) {
      const name = this.#readName();
      if (name !== '') return name;
    }
    let previous = '';
    while (this.#next() !== END) {
      const word = this.#word();
      if (word !== '' && rule.after.includes(word) && previous !== 'distinct') {
        if (this.#depth <= AT_MAIN) {
          const name = this.#readName();
          if (name !== '') return name;
        } else if (this.#isSubquery) {
          this.#noteNested();
        }
      }
      if (word === 'select') this.#isSubquery = true;
      if (word !== '') previous = word;
    }
    return '';
  }

  #readName(): string {
    this.#next();
    return this.#nameHere();
  }

  /** The name at the current token, behind words such as `only` or `if not exists`; '' if there is none. */
  #nameHere(): string {
    while (this.sql.token === WORD && NOISE.has(this.#word())) this.#next();
    let name = '';
    while (this.sql.token === WORD || this.sql.token === QUOTED) {
      const part = this.sql.text();
      name = name === '' ? part : `${name}.${part}`;
      if (name.length > MAX_NAME || this.#next() !== PUNCTUATION || this.sql.punctuation() !== DOT) break;
      while (this.#next() === PUNCTUATION && this.sql.punctuation() === DOT);
    }
    return this.#ctes?.has(name) ? '' : name.replace(/\s+/g, '_');
  }
}
