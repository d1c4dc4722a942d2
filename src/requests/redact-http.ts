/** Finds credentials in the first bytes of an HTTP/1 message: target, headers, body; cut anywhere. */
import { findPairs } from './redact-pairs.js';
import { isSecretName } from './secret-names.js';
import type { SecretSpans } from './secret-spans.js';

const LF = 10;
const CR = 13;
const COLON = 58;

export function findHttpSecrets(buf: Uint8Array, spans: SecretSpans): void {
  const size = buf.length;
  let line = 0;
  let secret = false;
  while (line < size) {
    let end = buf.indexOf(LF, line);
    if (end < 0) end = size;
    const textEnd = end > line && buf[end - 1] === CR ? end - 1 : end;
    // A blank line ends the head (the first line is never blank).
    if (textEnd === line && line > 0) return findPairs(buf, end, size, spans);
    const folded = buf[line] === 32 || buf[line] === 9;
    const colon = folded || line === 0 ? -1 : nameEnd(buf, line, textEnd);
    if (!folded) secret = colon > 0 && isSecretName(buf, line, colon);
    if (secret) spans.add(valueStart(buf, folded ? line : colon + 1, textEnd), textEnd);
    else findPairs(buf, colon > 0 ? colon + 1 : line, textEnd, spans);
    line = end + 1;
  }
}

function nameEnd(buf: Uint8Array, from: number, to: number): number {
  for (let i = from; i < to; i++) if (buf[i] === COLON) return i;
  return -1;
}

function valueStart(buf: Uint8Array, from: number, to: number): number {
  while (from < to && (buf[from] === 32 || buf[from] === 9)) from++;
  return from;
}
