/** Logins and secret parameters of a request target (or any text with URLs or `name=value` in it) become `***`. */
import { findPairs } from './redact-pairs.js';
import { SecretSpans } from './secret-spans.js';

const COULD_HOLD_SECRET = /[=@:]/;
const COULD_HOLD_PAIR = /[=@]/;
const spans = new SecretSpans();

export function redactUrl(text: string): string {
  if (!COULD_HOLD_SECRET.test(text)) return text;
  const bytes = Buffer.from(text);
  spans.clear();
  findPairs(bytes, 0, bytes.length, spans);
  return spans.empty ? text : Buffer.from(spans.maskBytes(bytes)).toString();
}

/** Of header values such as the user agent's; the same object when there is nothing to hide. */
export function redactAttributes(attributes: Record<string, string | number>): Record<string, string | number> {
  let redacted = attributes;
  for (const name in attributes) {
    const value = attributes[name];
    if (typeof value !== 'string' || !COULD_HOLD_PAIR.test(value)) continue;
    if (redacted === attributes) redacted = { ...attributes };
    redacted[name] = name === 'http.request.header.host' ? value.replace(/^.*@/, '***@') : redactUrl(value);
  }
  return redacted;
}
