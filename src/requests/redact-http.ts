/** Finds credentials in the first bytes of an HTTP/1 message: target, headers, body; cut anywhere. */
import { findPairs } from './redact-pairs.js';
import { isSecretName } from './secret-names.js';
import type { SecretSpans } from './secret-spans.js';

const LF = 10;
const CR = 13;
const COLON = 58;

const AT = 64;

/** Bytes that may begin a pair or a login in a value: `=`, `/` (of `://`), `@`. */
const INTERESTING = new Uint8Array(256);
INTERESTING[61] = INTERESTING[47] = INTERESTING[AT] = 1;

export function findHttpSecrets(buf: Uint8Array, spans: SecretSpans): void {
  const size = buf.length;
  let secret = false;
  for (let line = 0, end = 0; line < size; line = end + 1) {
    let colon = -1;
    let interesting = 0;
    for (end = line; end < size && buf[end] !== LF; end++) {
      if (colon < 0 && buf[end] === COLON) colon = end;
      interesting |= INTERESTING[buf[end]];
    }
    const textEnd = end > line && buf[end - 1] === CR ? end - 1 : end;
    // A blank line ends the head (the first line is never blank).
    if (textEnd === line && line > 0) return findPairs(buf, end, size, spans);
    const folded = buf[line] === 32 || buf[line] === 9;
    // The first line has no name: a colon in it belongs to the target.
    if (folded || line === 0) colon = line - 1;
    if (!folded) secret = colon > line && isSecretName(buf, line, colon);
    if (secret) spans.add(valueStart(buf, colon + 1, textEnd), textEnd);
    else if (colon === line + 4 && interesting !== 0 && isHost(buf, line)) addLogin(buf, colon + 1, textEnd, spans);
    else if (interesting !== 0) findPairs(buf, colon < line ? line : colon + 1, textEnd, spans);
  }
}

function valueStart(buf: Uint8Array, from: number, to: number): number {
  while (from < to && (buf[from] === 32 || buf[from] === 9)) from++;
  return from;
}

function isHost(buf: Uint8Array, at: number): boolean {
  return (buf[at] | 32) === 104 && (buf[at + 1] | 32) === 111 && (buf[at + 2] | 32) === 115 && (buf[at + 3] | 32) === 116;
}

/** `Host: user:secret@host`, which only tools send that do not know better. */
function addLogin(buf: Uint8Array, from: number, to: number, spans: SecretSpans): void {
  const at = buf.subarray(from, to).lastIndexOf(AT);
  if (at > 0) spans.add(valueStart(buf, from, from + at), from + at);
}
