/** A statement as it was sent or prepared: what an exchange says of it, made once. */
import { operationOf } from './operation.js';
import { textOf } from './text.js';

/** Of a statement's text; the same number of characters when it is ASCII. */
export const MAX_STATEMENT_BYTES = 1024;

export interface Statement {
  operation: string;
  /** Cut, without passwords. */
  text: string;
  /** It carries a password: neither its bytes nor its parameters are to be kept. */
  secret: boolean;
  /** Prepared before we joined: the text is `EXECUTE name`. */
  unknown: boolean;
}

export function readStatement(buf: Uint8Array, from: number, to: number): Statement {
  const end = Math.min(to, from + MAX_STATEMENT_BYTES);
  const secret = mentionsPassword(buf, from, end);
  const text = textOf(buf, from, to, MAX_STATEMENT_BYTES);
  return { operation: operationOf(buf, from, end), text: secret ? withoutLiterals(text) : text, secret, unknown: false };
}

/** Statement of an `EXECUTE` whose `PREPARE` was not seen. */
export function unknownStatement(name: string): Statement {
  return { operation: 'execute', text: name === '' ? 'EXECUTE' : `EXECUTE ${name}`, secret: false, unknown: true };
}

/** `passw...` or `identified`, in any case. */
function mentionsPassword(buf: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to - 4; at++) {
    const low = buf[at] | 0x20;
    if (low === 0x70) {
      if ((buf[at + 1] | 0x20) === 0x61 && (buf[at + 2] | 0x20) === 0x73 && (buf[at + 3] | 0x20) === 0x73 && (buf[at + 4] | 0x20) === 0x77) return true;
    } else if (low === 0x69 && (buf[at + 1] | 0x20) === 0x64 && (buf[at + 2] | 0x20) === 0x65 && (buf[at + 3] | 0x20) === 0x6e
      && (buf[at + 4] | 0x20) === 0x74) return true;
  }
  return false;
}

const LITERAL = /'(?:[^'\\]|\\.|'')*(?:'|$)|"(?:[^"\\]|\\.|"")*(?:"|$)|\$(\w*)\$[^]*?(?:\$\1\$|$)/g;

function withoutLiterals(text: string): string {
  return text.replace(LITERAL, "'***'").slice(0, MAX_STATEMENT_BYTES);
}
