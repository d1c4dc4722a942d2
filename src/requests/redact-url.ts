/** Logins and secret parameters of a request target (or any text with URLs or `name=value` in it) become `***`. */
import { findPairs } from './redact-pairs.js';
import { SecretSpans } from './secret-spans.js';

const COULD_HOLD_SECRET = /[=@:]/;
const spans = new SecretSpans();

export function redactUrl(text: string): string {
  if (!COULD_HOLD_SECRET.test(text)) return text;
  const bytes = Buffer.from(text);
  spans.clear();
  findPairs(bytes, 0, bytes.length, spans);
  return spans.empty ? text : Buffer.from(spans.maskBytes(bytes)).toString();
}
