/** Finds credentials in the first bytes of MySQL and PostgreSQL messages from a client, cut anywhere. */
import { findSqlSecrets } from './redact-sql.js';
import { SecretSpans } from './secret-spans.js';
import type { SqlDialect } from './sql-scanner.js';

const COM_CHANGE_USER = 0x11;
const COM_QUERY = 0x03;
const COM_STMT_PREPARE = 0x16;
const COM_STMT_EXECUTE = 0x17;
const MYSQL_HEADER = 4;
/** Statement id, flags, iteration count. */
const EXECUTE_FIXED = 9;

export function findMysqlSecrets(buf: Uint8Array, literals: boolean, spans: SecretSpans): void {
  const command = buf[MYSQL_HEADER];
  const body = MYSQL_HEADER + 1;
  if (command === COM_QUERY || command === COM_STMT_PREPARE) findInText(buf, body, buf.length, 'mysql', literals, spans);
  else if (command === COM_CHANGE_USER || (buf[3] !== 0 && buf.length > body)) spans.add(body, buf.length);
  else if (command === COM_STMT_EXECUTE && literals) spans.add(body + EXECUTE_FIXED, buf.length);
}

const QUERY = 81;
const PARSE = 80;
const BIND = 66;
const FUNCTION_CALL = 70;
const PASSWORD = 112;
const COPY_DATA = 100;

export function findPostgresSecrets(buf: Uint8Array, literals: boolean, spans: SecretSpans): void {
  let at = 0;
  while (at + 5 <= buf.length) {
    const type = buf[at];
    const length = buf[at + 1] * 2 ** 24 + (buf[at + 2] << 16) + (buf[at + 3] << 8) + buf[at + 4];
    const body = at + 5;
    const end = Math.min(buf.length, at + 1 + Math.max(4, length));
    if (type === QUERY) findInText(buf, body, end, 'postgres', literals, spans);
    else if (type === PARSE) findInText(buf, behindZero(buf, body, end), end, 'postgres', literals, spans);
    else if (type === PASSWORD) spans.add(body, end);
    else if ((type === BIND || type === FUNCTION_CALL || type === COPY_DATA) && literals) {
      spans.add(type === BIND ? behindZero(buf, behindZero(buf, body, end), end) : body, end);
    }
    at = end;
  }
}

const shifted = new SecretSpans();

function findInText(buf: Uint8Array, from: number, to: number, dialect: SqlDialect, literals: boolean, spans: SecretSpans): void {
  if (from >= to) return;
  // One character per byte (latin1), so that offsets in the text are offsets in the bytes.
  const text = Buffer.from(buf.buffer, buf.byteOffset + from, to - from).toString('latin1');
  shifted.clear();
  findSqlSecrets(text, dialect, literals, shifted);
  shifted.copyTo(spans, from);
}

function behindZero(buf: Uint8Array, from: number, to: number): number {
  for (let i = from; i < to; i++) if (buf[i] === 0) return i + 1;
  return to;
}
