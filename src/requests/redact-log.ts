/** Log lines: secrets are masked as in requests, and wherever a line names one (`password: x`, `Bearer x`, a JWT). */
import { findPairs } from './redact-pairs.js';
import { redactSql } from './redact-sql.js';
import { isSecretName } from './secret-names.js';
import { SecretSpans } from './secret-spans.js';

/** `name: value`, also quoted in other ways than JSON does; a scheme before the value belongs to it. */
const NAMED = /([A-Za-z0-9_.-]{3,64})(["']?\s*(?::|=>)\s*)(["']?)((?:(?:Bearer|Basic|Digest|Token)\s+)?[^\s,;"'}\])]+)/g;
const SCHEME = /\b(Bearer|Basic)(\s+)[A-Za-z0-9._~+/=-]{8,}/gi;
const JWT = /\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)?/g;
const PRIVATE_KEY = /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g;
const SQL_SECRET = /identified|password|passwd/i;

/** @returns the text with `***` in the place of each secret; bytes that are no UTF-8 become U+FFFD */
export function redactLog(bytes: Uint8Array): string {
  const spans = new SecretSpans();
  findPairs(bytes, 0, bytes.length, spans);
  const masked = spans.empty ? bytes : spans.maskBytes(bytes.slice());
  const text = Buffer.from(masked.buffer, masked.byteOffset, masked.length).toString('utf8')
    .replace(PRIVATE_KEY, '***').replace(SCHEME, '$1$2***').replace(JWT, '***').replace(NAMED, maskNamed);
  return SQL_SECRET.test(text) ? redactSql(text, 'mysql', false) : text;
}

function maskNamed(all: string, name: string, between: string, quote: string, value: string): string {
  // A time (12:30:05) and a path in a name are no pairs.
  if (value.startsWith('***') || !isSecretName(Buffer.from(name, 'latin1'), 0, name.length)) return all;
  return `${name}${between}${quote}***`;
}
