/**
 * Passwords in SQL (`IDENTIFIED BY '...'`, `PASSWORD = '...'`, `SET PASSWORD FOR u = '...'`, connection strings) become
 * `***`; with the option, every literal becomes `?`.
 */
import { isSecretName } from './secret-names.js';
import { SecretSpans } from './secret-spans.js';
import { END, NUMBER, PUNCTUATION, QUOTED, SqlScanner, STRING, WORD } from './sql-scanner.js';
import type { SqlDialect } from './sql-scanner.js';

/** A secret's name and its literal stand at most so many tokens apart (`IDENTIFIED WITH plugin AS '...'`). */
const REACH = 6;
/** Nearly all statements hold none of these, and need no closer look. */
const COULD_HOLD_SECRET = /identified|passw|pwd|secret|token|credential|session|signature|key|auth|jwt|:\/\//i;
/** Statements that set passwords: each of their literals may be one (`SET PASSWORD FOR 'u'@'h' = '...'`). */
const SETS_PASSWORD = /^\s*(?:set\s+password|(?:create|alter)\s+(?:user|role|server|subscription)|grant|change\s+(?:master|replication))\b/i;
const LOGIN_INSIDE = /:\/\/[^/\s@]+@|\b(?:password|passwd|pwd|secret|token)\s*=/i;
const SEMICOLON = 59;
/** What may stand unquoted behind PASSWORD or BY where one is set; anything else is a secret whose quotes were forgotten. */
const NO_SECRET = /^(?:null|for|by|with|via|as|random|password|encrypted|unencrypted|expire|history|reuse|require|valid|account|values?|option|identified|to|on|using|or)$/i;
const BEFORE_SECRET = /^(?:password|by)$/i;

const scanner = new SqlScanner();
const spans = new SecretSpans();

export function redactSql(statement: string, dialect: SqlDialect, literals: boolean): string {
  spans.clear();
  findSqlSecrets(statement, dialect, literals, spans);
  return spans.maskText(statement, literals ? '?' : '***');
}

/** @param literals every literal counts as a secret */
export function findSqlSecrets(statement: string, dialect: SqlDialect, literals: boolean, into: SecretSpans): void {
  if (!literals && !COULD_HOLD_SECRET.test(statement)) return;
  scanner.reset(statement, dialect);
  const all = literals || SETS_PASSWORD.test(statement);
  const sets = all && SETS_PASSWORD.test(statement);
  let reach = 0;
  let secretNext = false;
  for (let token = scanner.next(); token !== END; token = scanner.next()) {
    const expected = secretNext;
    secretNext = sets && token === WORD && BEFORE_SECRET.test(scanner.text());
    if (expected && (token === WORD || token === NUMBER) && !NO_SECRET.test(scanner.text())) into.add(scanner.start, scanner.end);
    else if (token === WORD || token === QUOTED) {
      if (announces(scanner.text())) reach = REACH;
      else reach--;
    } else if (token === STRING) {
      if (all || reach > 0 || LOGIN_INSIDE.test(statement.slice(scanner.start, scanner.end))) into.add(scanner.start, scanner.end);
    } else if (token === NUMBER) {
      if (literals) into.add(scanner.start, scanner.end);
    } else if (token === PUNCTUATION) {
      reach = scanner.punctuation() === SEMICOLON ? 0 : reach - 1;
    }
  }
}

function announces(word: string): boolean {
  if (word.length > 64) return false;
  if (word.length === 10 && word.toLowerCase() === 'identified') return true;
  for (let i = 0; i < word.length; i++) nameBytes[i] = word.charCodeAt(i);
  return isSecretName(nameBytes, 0, word.length);
}

const nameBytes = new Uint8Array(64);
