/**
 * Finds secrets that stand as `name=value` (query strings, forms), `"name": value` (JSON) and `scheme://user:secret@`
 * in bytes that may be anything.
 */
import { isSecretName } from './secret-names.js';
import type { SecretSpans } from './secret-spans.js';

const NAME_LIMIT = 64;
const USERINFO_LIMIT = 256;

/** Bytes that end a value of `name=value`: white space, quotes, `& ; # < > ,`. */
const ENDS_VALUE = new Uint8Array(256);
for (const c of ' \t\r\n\0"\'&;#<>,') ENDS_VALUE[c.charCodeAt(0)] = 1;

/** 1 `=`, 2 `:`, else 0. */
const INTEREST = new Uint8Array(256);
INTEREST[61] = 1;
INTEREST[58] = 2;

const JSON_QUOTE = 34;
const BACKSLASH = 92;

export function findPairs(buf: Uint8Array, from: number, to: number, spans: SecretSpans): void {
  for (let i = from; i < to; i++) {
    const interest = INTEREST[buf[i]];
    if (interest === 0) continue;
    let end = i;
    if (interest === 1) end = assignment(buf, from, i, to, spans);
    else if (buf[i + 1] === 47 && buf[i + 2] === 47) end = userinfo(buf, i + 3, to, spans);
    else end = member(buf, from, i, to, spans);
    if (end > i) i = end - 1;
  }
}

/** At `=`: end of the secret value, or `at`. */
function assignment(buf: Uint8Array, from: number, at: number, to: number, spans: SecretSpans): number {
  let name = at;
  while (name > from && at - name < NAME_LIMIT && isNameByte(buf[name - 1])) name--;
  if (!isSecretName(buf, name, at)) return at - name === 4 ? formPart(buf, at, to, spans) : at;
  let start = at + 1;
  const quote = buf[start] === 34 || buf[start] === 39 ? buf[start] : 0;
  if (quote !== 0) start++;
  let end = start;
  while (end < to && (quote === 0 ? ENDS_VALUE[buf[end]] === 0 : buf[end] !== quote)) end++;
  spans.add(start, end);
  return end;
}

/** At the `=` of `name="password"` in the head of a multipart form's part: end of the part's body, or `at`. */
function formPart(buf: Uint8Array, at: number, to: number, spans: SecretSpans): number {
  if (buf[at + 1] !== JSON_QUOTE || (buf[at - 4] | 32) !== 110 || (buf[at - 1] | 32) !== 101) return at;
  const nameEnd = textEnd(buf, at + 2, Math.min(to, at + 2 + NAME_LIMIT), false);
  if (!isSecretName(buf, at + 2, nameEnd)) return at;
  const body = behind(buf, nameEnd, to, BLANK_LINE);
  if (body < 0) return at;
  const boundary = behind(buf, body, to, NEXT_PART);
  const end = boundary < 0 ? to : boundary - NEXT_PART.length;
  spans.add(body, end);
  return end;
}

const BLANK_LINE = Uint8Array.of(13, 10, 13, 10);
/** `\r\n--` */
const NEXT_PART = Uint8Array.of(13, 10, 45, 45);

/** Offset behind the next `needle`, or -1. */
function behind(buf: Uint8Array, from: number, to: number, needle: Uint8Array): number {
  for (let i = from; i + needle.length <= to; i++) {
    let n = 0;
    while (n < needle.length && buf[i + n] === needle[n]) n++;
    if (n === needle.length) return i + n;
  }
  return -1;
}

/** At the `:` of a JSON member: end of the secret value, or `at`. */
function member(buf: Uint8Array, from: number, at: number, to: number, spans: SecretSpans): number {
  let quote = at - 1;
  while (quote > from && isBlank(buf[quote])) quote--;
  if (quote <= from || buf[quote] !== JSON_QUOTE) return at;
  // A JSON text inside a JSON string has its quotes escaped.
  const nameEnd = buf[quote - 1] === BACKSLASH ? quote - 1 : quote;
  let name = nameEnd;
  while (name > from && nameEnd - name < NAME_LIMIT && isNameByte(buf[name - 1])) name--;
  if (!isSecretName(buf, name, nameEnd)) return at;
  let start = at + 1;
  while (start < to && isBlank(buf[start])) start++;
  const nested = nameEnd !== quote;
  if (nested && buf[start] === BACKSLASH) start++;
  const text = buf[start] === JSON_QUOTE;
  if (text) start++;
  const end = text ? textEnd(buf, start, to, nested) : scalarEnd(buf, start, to);
  spans.add(start, end);
  return end;
}

/** @param nested the text's own quotes are escaped, so an escaped one ends it */
function textEnd(buf: Uint8Array, at: number, to: number, nested: boolean): number {
  for (; at < to && buf[at] !== JSON_QUOTE; at++) {
    if (buf[at] !== BACKSLASH) continue;
    if (nested && buf[at + 1] === JSON_QUOTE) break;
    at++;
  }
  return Math.min(at, to);
}

/** A number or word ends at a separator; an array or object is masked up to its first end. */
function scalarEnd(buf: Uint8Array, at: number, to: number): number {
  const close = buf[at] === 91 ? 93 : buf[at] === 123 ? 125 : 0;
  for (; at < to; at++) {
    const c = buf[at];
    if (close !== 0 ? c === close : c === 44 || c === 125 || c === 93 || isBlank(c)) break;
  }
  return at;
}

/** Behind `://`: what stands before an `@` of the authority is a login. */
function userinfo(buf: Uint8Array, at: number, to: number, spans: SecretSpans): number {
  const limit = Math.min(to, at + USERINFO_LIMIT);
  let login = -1;
  for (let i = at; i < limit; i++) {
    const c = buf[i];
    if (c === 64) login = i;
    else if (c <= 32 || c === 47 || c === 63 || c === 35 || c === 34) break;
  }
  if (login < 0) return at;
  spans.add(at, login);
  return login;
}

function isNameByte(c: number): boolean {
  return (c >= 97 && c <= 122) || (c >= 65 && c <= 90) || (c >= 48 && c <= 57) || c === 95 || c === 45 || c === 46;
}

function isBlank(c: number): boolean {
  return c === 32 || c === 9 || c === 10 || c === 13;
}
