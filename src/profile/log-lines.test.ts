import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LogRecord } from './evidence.js';
import { logLines } from './log-lines.js';

const record = (text: string | Uint8Array, more: Partial<LogRecord> = {}): LogRecord => {
  const bytes = typeof text === 'string' ? new Uint8Array(Buffer.from(text)) : text;
  return { ns: 150, pid: 1, tid: 2, fd: 1, target: 'stdout', bytes: bytes.length, text: bytes, ...more };
};

test('a write is its lines, without colours and secrets; more written than kept is said at the last one', () => {
  assert.deepEqual(logLines([record('\u001b[31mfailed\u001b[0m\r\n  at f (x.js:1)\n\npassword=hunter2 and', { bytes: 900 })], 100), [
    { ns: 50, pid: 1, tid: 2, target: 'stdout', text: 'failed', cut: false }, { ns: 50, pid: 1, tid: 2, target: 'stdout', text: '  at f (x.js:1)', cut: false },
    { ns: 50, pid: 1, tid: 2, target: 'stdout', text: 'password=*** and', cut: true },
  ]);
});

test('data that are no text are left out', () => {
  assert.deepEqual(logLines([record(Uint8Array.from({ length: 64 }, (_, i) => i % 8)), record('')], 0), []);
});
