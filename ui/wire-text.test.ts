import assert from 'node:assert/strict';
import test from 'node:test';
import { bytesFromBase64, hexRows, looksBinary, visible, visibleParts } from './wire-text.js';

test('control characters become visible signs', () => {
  assert.equal(visible('a\u0000b\u001b[31m\u007f'), 'a\\0b\\e[31m\\x7f');
  assert.equal(visible('GET /\r\n'), 'GET /\\r\\n');
});

test('characters that rearrange or hide text are named', () => {
  assert.equal(visible('a\u202egpj.exe'), 'aU+202Egpj.exe');
  assert.equal(visible('a\u200bb\u2066c'), 'aU+200BbU+2066c');
  assert.equal(visible('x\ud800y'), 'xU+D800y');
});

test('pairs of surrogates stay as they are', () => {
  assert.equal(visible('\u{1f600}'), '\u{1f600}');
});

test('lines stay lines where asked', () => {
  assert.deepEqual(visibleParts('a\nb', true).map((p) => p.text), ['a', '\\n', '\n', 'b']);
});

test('long text is cut', () => {
  assert.equal(visible('x'.repeat(400), 10), 'xxxxxxxxxx…');
});

test('the hex view shows offset, bytes and characters', () => {
  const rows = hexRows(bytesFromBase64(btoa('GET / HTTP/1.1\r\nHost')));
  assert.equal(rows.length, 2);
  assert.equal(rows[0].offset, '0000');
  assert.ok(rows[0].hex.startsWith('47 45 54 20'));
  assert.equal(rows[0].text, 'GET / HTTP/1.1··');
  assert.equal(rows[1].offset, '0010');
});

test('bytes that are mostly no text count as binary', () => {
  assert.equal(looksBinary(Uint8Array.from([0, 1, 2, 65])), true);
  assert.equal(looksBinary(new TextEncoder().encode('hello\r\n')), false);
});
