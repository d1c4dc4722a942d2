/** Finds credentials in the first bytes of a Redis command or reply (RESP or inline), cut anywhere. */
import type { SecretSpans } from './secret-spans.js';

/** The only commands that carry credentials, and the one (CONFIG) whose reply does. */
export const REDIS_SECRET_COMMANDS: ReadonlySet<string> = new Set(['AUTH', 'HELLO', 'CONFIG', 'ACL', 'MIGRATE', 'SENTINEL', '']);
/** The argument behind one of these is a secret. */
const BEFORE_SECRET: ReadonlySet<string> = new Set([
  'requirepass', 'masterauth', 'auth-pass', 'auth-user', 'sentinel-pass', 'tls-key-file-pass', 'tls-client-key-file-pass', 'primaryauth',
]);
const MAX_ARGUMENTS = 256;
const MAX_LENGTH_DIGITS = 10;
const LF = 10;
const DOLLAR = 36;

export function findRedisSecrets(buf: Uint8Array, spans: SecretSpans): void {
  const args = buf[0] === 42 || buf[0] === DOLLAR || buf[0] === 37 || buf[0] === 62 ? bulkStrings(buf) : words(buf);
  let secretsFollow = false;
  for (let i = 0; i < args.length; i += 2) {
    const from = args[i];
    const to = args[i + 1];
    const word = to - from <= 24 ? String.fromCharCode(...buf.subarray(from, to)).toLowerCase() : '';
    if (secretsFollow || isAclSecret(buf, from, to)) {
      spans.add(from, to);
      continue;
    }
    if (word === 'auth' || word === 'auth2') secretsFollow = true;
    else if (BEFORE_SECRET.has(word) && i + 3 < args.length) {
      spans.add(args[i + 2], args[i + 3]);
      i += 2;
    }
  }
}

/** `>password`, `<password`, `#hash`, `!hash` of ACL SETUSER and GETUSER. */
function isAclSecret(buf: Uint8Array, from: number, to: number): boolean {
  const c = buf[from];
  return to - from > 1 && (c === 62 || c === 60 || c === 35 || c === 33);
}

/** Pairs from, to of every bulk string; one that is cut runs to the end. */
function bulkStrings(buf: Uint8Array): number[] {
  const found: number[] = [];
  let at = 0;
  while (at < buf.length && found.length < 2 * MAX_ARGUMENTS) {
    const end = buf.indexOf(LF, at);
    if (end < 0) break;
    const length = buf[at] === DOLLAR ? readLength(buf, at + 1) : -1;
    at = end + 1;
    if (length < 0 || at >= buf.length) continue;
    found.push(at, Math.min(buf.length, at + length));
    at += length + 2;
  }
  return found;
}

function readLength(buf: Uint8Array, at: number): number {
  let length = -1;
  for (let i = at; i < at + MAX_LENGTH_DIGITS && buf[i] >= 48 && buf[i] <= 57; i++) length = (length < 0 ? 0 : length) * 10 + buf[i] - 48;
  return length;
}

/** An inline command, or bytes from the middle of one: everything between blanks. */
function words(buf: Uint8Array): number[] {
  const found: number[] = [];
  for (let i = 0; i < buf.length && found.length < 2 * MAX_ARGUMENTS; i++) {
    if (buf[i] <= 32) continue;
    const from = i;
    while (i < buf.length && buf[i] > 32) i++;
    found.push(from, i);
  }
  return found;
}
