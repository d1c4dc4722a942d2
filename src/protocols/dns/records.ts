/** Data of resource records as the short text that `dig +short` users know. Broken data gives its size. */
import { latin1 } from '../text.js';
import { NameReader } from './name.js';

const MAX_TEXT = 128;
const names = new NameReader();

type Writer = (buf: Uint8Array, start: number, from: number, to: number) => string;

const word = (buf: Uint8Array, at: number): number => (buf[at] << 8) | buf[at + 1];
const long = (buf: Uint8Array, at: number): number => word(buf, at) * 65_536 + word(buf, at + 2);
const name: Writer = (buf, start, from, to) => names.read(buf, start, from, to);

const WRITERS: Record<number, Writer | undefined> = {
  1: (buf, _start, from, to) => (to - from === 4 ? `${buf[from]}.${buf[from + 1]}.${buf[from + 2]}.${buf[from + 3]}` : ''),
  28: ipv6,
  2: name, 5: name, 12: name, 39: name,
  6: soa,
  13: texts, 16: texts, 99: texts,
  15: (buf, start, from, to) => behind(`${word(buf, from)} `, name(buf, start, from + 2, to)),
  33: (buf, start, from, to) => behind(`${word(buf, from)} ${word(buf, from + 2)} ${word(buf, from + 4)} `, name(buf, start, from + 6, to)),
  64: service, 65: service,
  257: (buf, _start, from, to) => `${buf[from]} ${printable(buf, from + 2, from + 2 + buf[from + 1])} "${printable(buf, from + 2 + buf[from + 1], to)}"`,
};

/** @param start where the message begins */
export function recordText(type: number, buf: Uint8Array, start: number, from: number, to: number): string {
  const text = WRITERS[type]?.(buf, start, from, to) ?? '';
  return text === '' ? `(${to - from} bytes)` : text.slice(0, MAX_TEXT);
}

/** The prefix alone tells nothing when the name is broken. */
function behind(prefix: string, text: string): string {
  return text === '' ? '' : prefix + text;
}

/** RFC 5952: the longest run of zero groups becomes `::`. */
function ipv6(buf: Uint8Array, _start: number, from: number, to: number): string {
  if (to - from !== 16) return '';
  let bestAt = -1;
  let best = 1;
  for (let i = 0, run = 0; i < 8; i++) {
    run = word(buf, from + 2 * i) === 0 ? run + 1 : 0;
    if (run > best) {
      best = run;
      bestAt = i - run + 1;
    }
  }
  let text = '';
  for (let i = 0; i < 8; i++) {
    if (i === bestAt) {
      text += '::';
      i += best - 1;
    } else {
      text += (text === '' || text.endsWith(':') ? '' : ':') + word(buf, from + 2 * i).toString(16);
    }
  }
  return text;
}

/** Primary server and serial number. */
function soa(buf: Uint8Array, start: number, from: number, to: number): string {
  const primary = names.read(buf, start, from, to);
  const owner = names.next;
  if (owner < 0) return '';
  const at = names.skip(buf, owner, to);
  return at < 0 || at + 20 > to ? primary : `${primary} ${long(buf, at)}`;
}

function texts(buf: Uint8Array, _start: number, from: number, to: number): string {
  let text = '';
  for (let at = from; at < to && text.length < MAX_TEXT; at += 1 + buf[at]) {
    text += `${text === '' ? '' : ' '}"${printable(buf, at + 1, Math.min(to, at + 1 + buf[at]))}"`;
  }
  return text;
}

/** SVCB and HTTPS (RFC 9460): priority, target, and whether parameters follow. */
function service(buf: Uint8Array, start: number, from: number, to: number): string {
  const target = names.read(buf, start, from + 2, to);
  if (names.next < 0) return '';
  const parameters = serviceParameters(buf, names.next, to);
  return `${word(buf, from)} ${target}${parameters}`;
}

const ALPN = 1;
const PORT = 3;
const KEYS = ['mandatory', 'alpn', 'no-default-alpn', 'port', 'ipv4hint', 'ech', 'ipv6hint', 'dohpath'];

function serviceParameters(buf: Uint8Array, at: number, to: number): string {
  let text = '';
  while (at + 4 <= to && text.length < MAX_TEXT) {
    const key = word(buf, at);
    const from = at + 4;
    const end = Math.min(to, from + word(buf, at + 2));
    text += ` ${KEYS[key] ?? `key${key}`}`;
    if (key === PORT && end - from === 2) text += `=${word(buf, from)}`;
    else if (key === ALPN) text += `=${protocols(buf, from, end)}`;
    at = end;
  }
  return text;
}

function protocols(buf: Uint8Array, at: number, to: number): string {
  const all: string[] = [];
  for (; at < to && all.length < 8; at += 1 + buf[at]) all.push(printable(buf, at + 1, Math.min(to, at + 1 + buf[at])));
  return all.join(',');
}

function printable(buf: Uint8Array, from: number, to: number): string {
  return latin1(buf, from, Math.min(to, from + MAX_TEXT, buf.length)).replace(/[^\x20-\x7e]/g, '.');
}
