import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import type { Step } from './conversation.js';
import { escape, formatConversation, parseConversation, unescape } from './conversation.js';

test('any bytes survive the text form', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
    assert.deepEqual(unescape(escape(bytes)), new Uint8Array(bytes));
  }));
});

test('a long run of one byte is written once, also when the byte itself needs an escape', () => {
  for (const byte of [0x00, 0x0a, 0x41, 0x5c, 0x7d, 0xff]) {
    const bytes = new Uint8Array(5000).fill(byte);
    assert.ok(escape(bytes).length < 20);
    assert.deepEqual(unescape(escape(bytes)), bytes);
  }
});

test('chunks, ends and what was not captured are read back as written', () => {
  const steps: Step[] = [
    { kind: 'chunk', side: 0, ns: 1000, tid: 5, bytes: unescape('GET / HTTP/1.1\\r\\n  indented\\r\\n\\r\\n'), missing: 0 },
    { kind: 'chunk', side: 1, ns: 2000, tid: 6, bytes: unescape('# no comment\\n  '), missing: 70 },
    { kind: 'chunk', side: 1, ns: 2001, tid: 6, bytes: new Uint8Array(0), missing: 9 },
    { kind: 'halfClose', side: 0, ns: 3000 },
    { kind: 'finish', reason: 'reset', ns: 4000 },
  ];
  assert.deepEqual(parseConversation(formatConversation(steps, 'title')), steps);
});

test('the short form fills in times and threads', () => {
  assert.deepEqual(parseConversation('> PING\\r\\n\n<~7 +PO\n<.\nx'), [
    { kind: 'chunk', side: 0, ns: 1000, tid: 1, bytes: unescape('PING\\r\\n'), missing: 0 },
    { kind: 'chunk', side: 1, ns: 2000, tid: 2, bytes: unescape('+PO'), missing: 7 },
    { kind: 'halfClose', side: 1, ns: 3000 },
    { kind: 'finish', reason: 'closed', ns: 4000 },
  ]);
});

test('a line that is none of these is named', () => {
  assert.throws(() => parseConversation('> ok\nGET /'), /line 2 .*GET \//);
});
