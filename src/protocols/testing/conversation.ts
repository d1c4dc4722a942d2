/**
 * The text form of a conversation, for tests and fixtures:
 *
 *     # a comment
 *     > GET / HTTP/1.1\r\n\r\n             the client sends one chunk
 *     <@2000#7 HTTP/1.1 200 OK\r\n         the server, at 2,000 ns, thread 7...
 *       Content-Length: 2\r\n\r\nhi        ...the same chunk goes on
 *     <~500 abc                            three bytes captured, 500 more of the same call were not
 *     >.                                   the client will send no more
 *     x reset                              the connection ended (`x` alone: closed)
 *
 * Escapes: \r \n \t \0 \\ \xHH and \{COUNT*BYTES} for repetition. Without `@` a chunk comes 1,000 ns after the last one;
 * without `#` the client's thread is 1 and the server's 2. A line that goes on keeps its spaces after the first two.
 */
import type { EndReason, Side } from '../protocol.js';
import { REQUEST, RESPONSE } from '../protocol.js';

export interface Chunk {
  kind: 'chunk';
  side: Side;
  ns: number;
  tid: number;
  bytes: Uint8Array;
  /** Bytes of the same call that were not captured; a chunk of 0 bytes with some missing is a gap. */
  missing: number;
}
export interface HalfClose { kind: 'halfClose'; side: Side; ns: number }
export interface Finish { kind: 'finish'; reason: EndReason; ns: number }
export type Step = Chunk | HalfClose | Finish;

const STEP_NS = 1000;
const HEADER = /^([<>])(\.)?(?:@(\d+))?(?:#(\d+))?(?:~(\d+))?(?: (.*))?$/;

/** @throws Error naming the line that cannot be read */
export function parseConversation(text: string): Step[] {
  const steps: Step[] = [];
  let ns = 0;
  text.split('\n').forEach((line, index) => {
    const last = steps[steps.length - 1];
    if (line.startsWith('  ') && last?.kind === 'chunk') {
      last.bytes = concat(last.bytes, unescape(line.slice(2)));
      return;
    }
    if (line === '' || line.startsWith('#')) return;
    const step = parseStep(line, ns + STEP_NS);
    if (!step) throw new Error(`line ${index + 1} of the conversation is not a chunk, comment or end: ${line}`);
    ns = step.ns;
    steps.push(step);
  });
  return steps;
}

function parseStep(line: string, nextNs: number): Step | null {
  const end = /^x(?:@(\d+))?(?: (\w+))?$/.exec(line);
  if (end) return { kind: 'finish', reason: (end[2] ?? 'closed') as EndReason, ns: end[1] ? Number(end[1]) : nextNs };
  const header = HEADER.exec(line);
  if (!header) return null;
  const side = header[1] === '>' ? REQUEST : RESPONSE;
  const ns = header[3] ? Number(header[3]) : nextNs;
  if (header[2]) return { kind: 'halfClose', side, ns };
  return {
    kind: 'chunk', side, ns, tid: Number(header[4] ?? side + 1), bytes: unescape(header[6] ?? ''), missing: Number(header[5] ?? 0),
  };
}

/** The text of `steps`, which `parseConversation` reads back. */
export function formatConversation(steps: Step[], title: string): string {
  const lines = title.split('\n').map((line) => `# ${line}`);
  for (const step of steps) {
    if (step.kind === 'finish') lines.push(`x@${step.ns} ${step.reason}`);
    else if (step.kind === 'halfClose') lines.push(`${arrow(step.side)}.@${step.ns}`);
    else {
      const missing = step.missing > 0 ? `~${step.missing}` : '';
      lines.push(`${arrow(step.side)}@${step.ns}#${step.tid}${missing}`);
      for (const line of splitAfterNewlines(step.bytes)) lines.push(`  ${escape(line)}`);
    }
  }
  return lines.join('\n') + '\n';
}

function arrow(side: Side): string {
  return side === REQUEST ? '>' : '<';
}

function splitAfterNewlines(bytes: Uint8Array): Uint8Array[] {
  const parts: Uint8Array[] = [];
  let from = 0;
  while (from < bytes.length) {
    const newline = bytes.indexOf(0x0a, from);
    const to = newline < 0 ? bytes.length : newline + 1;
    parts.push(bytes.subarray(from, to));
    from = to;
  }
  return parts;
}

const NAMED: Record<number, string> = { 0x0d: '\\r', 0x0a: '\\n', 0x09: '\\t', 0x5c: '\\\\' };
/** Shorter runs of one byte are written out. */
const MIN_RUN = 24;

export function escape(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length;) {
    let run = i + 1;
    while (run < bytes.length && bytes[run] === bytes[i]) run++;
    const one = escapeByte(bytes[i]);
    text += run - i >= MIN_RUN ? `\\{${run - i}*${one}}` : one.repeat(run - i);
    i = run;
  }
  return text;
}

function escapeByte(byte: number): string {
  if (NAMED[byte]) return NAMED[byte];
  return byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`;
}

const ESCAPES = /\\(?:\{(\d+)\*((?:\\x[0-9a-f]{2}|\\[^x]|[^\\}]|\}(?=\}))+)\}|x([0-9a-fA-F]{2})|(.))/g;
const UNNAMED: Record<string, string> = { r: '\r', n: '\n', t: '\t', '0': '\0' };

/** Text with escapes to bytes; characters beyond ASCII are written as UTF-8. */
export function unescape(text: string): Uint8Array {
  const parts: Buffer[] = [];
  let from = 0;
  for (const match of text.matchAll(ESCAPES)) {
    parts.push(Buffer.from(text.slice(from, match.index), 'utf8'));
    from = match.index + match[0].length;
    if (match[1]) for (let n = Number(match[1]), piece = Buffer.from(unescape(match[2])); n > 0; n--) parts.push(piece);
    else if (match[3]) parts.push(Buffer.from(match[3], 'hex'));
    else parts.push(Buffer.from(UNNAMED[match[4]] ?? match[4], 'latin1'));
  }
  parts.push(Buffer.from(text.slice(from), 'utf8'));
  return new Uint8Array(Buffer.concat(parts));
}

export function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  const whole = new Uint8Array(a.length + b.length);
  whole.set(a);
  whole.set(b, a.length);
  return whole;
}
