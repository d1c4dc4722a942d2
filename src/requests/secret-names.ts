/** Which header, parameter and field names announce a secret: by what they contain, so that `X-My-Auth-Token` is one. */

const CONTAINED = [
  'authoriz', 'authoris', 'authent', 'auth-', 'auth_', '-auth', '_auth', 'cookie', 'token', 'secret', 'passw', 'passphrase', 'pwd',
  'apikey', 'api-key', 'api_key', 'accesskey', 'access-key', 'access_key', 'privatekey', 'private-key', 'private_key', 'credential',
  'session', 'signature', 'jwt',
].map((text) => Uint8Array.from(text, (c) => c.charCodeAt(0)));

const WHOLE = new Set(['auth', 'key', 'sid', 'sig', 'pass', 'otp', 'pin', 'cvv', 'cvc']);
const MAX_NAME = 64;

/** By first letter, so that a name of ordinary letters costs a look-up a byte. */
const BY_FIRST: Uint8Array[][] = Array.from({ length: 256 }, (_, c) => CONTAINED.filter((needle) => needle[0] === lower(c)));
const STARTS = Uint8Array.from(BY_FIRST, (needles) => needles.length);

/** True when the name in `buf[from, to)` (any case) announces a secret. */
export function isSecretName(buf: Uint8Array, from: number, to: number): boolean {
  const length = to - from;
  if (length < 3 || length > MAX_NAME) return false;
  if (length <= 4 && WHOLE.has(lowerText(buf, from, to))) return true;
  for (let i = from; i < to - 2; i++) {
    if (STARTS[buf[i]] === 0) continue;
    const needles = BY_FIRST[buf[i]];
    for (let n = 0; n < needles.length; n++) if (startsWith(buf, i, to, needles[n])) return true;
  }
  return false;
}

function startsWith(buf: Uint8Array, at: number, to: number, needle: Uint8Array): boolean {
  if (at + needle.length > to) return false;
  for (let i = 1; i < needle.length; i++) if (lower(buf[at + i]) !== needle[i]) return false;
  return true;
}

export function lower(c: number): number {
  return c >= 65 && c <= 90 ? c | 32 : c;
}

function lowerText(buf: Uint8Array, from: number, to: number): string {
  let text = '';
  for (let i = from; i < to; i++) text += String.fromCharCode(lower(buf[i]));
  return text;
}
