/** What threads wrote to their logs, as lines: redacted, in order of time. */
import { redactLog } from '../requests/redact-log.js';
import type { LogRecord } from './evidence.js';
import type { LogLine } from './profile.js';

/** Lines of one write: a stack trace is some dozens. */
const MAX_LINES = 60;
/** Share of bytes that are no text from which on a write is taken for data. */
const MAX_BINARY = 0.1;
const ESCAPES = /\u001b\[[0-9;?]*[A-Za-z]/g;

/** @param originNs time 0 of the lines */
export function logLines(records: readonly LogRecord[], originNs: number): LogLine[] {
  return records.filter(({ text }) => !isBinary(text)).flatMap((record) => linesOf(record, originNs));
}

function linesOf({ ns, pid, tid, target, bytes, text }: LogRecord, originNs: number): LogLine[] {
  const parts = redactLog(text).replace(ESCAPES, '').split('\n').map((line) => line.trimEnd()).filter((line) => line !== '');
  const kept = parts.slice(0, MAX_LINES);
  return kept.map((line, i) => ({ ns: ns - originNs, pid, tid, target, text: line, cut: i === kept.length - 1 && (bytes > text.length || parts.length > kept.length) }));
}

function isBinary(text: Uint8Array): boolean {
  let binary = 0;
  for (const byte of text) if (byte < 9 || (byte > 13 && byte < 27) || (byte > 27 && byte < 32)) binary++;
  return binary > text.length * MAX_BINARY;
}
