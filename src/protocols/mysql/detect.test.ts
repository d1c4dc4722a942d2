import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import test from 'node:test';
import type { Chunk } from '../testing/conversation.js';
import { readFixture } from '../testing/capture.js';
import { detectFirst } from '../testing/harness.js';
import { CLIENT_SENT, MAYBE, NO, REQUEST, SERVER_SENT } from '../protocol.js';
import { mysql } from './index.js';

function chunks(protocol: string): Array<[string, Chunk]> {
  return readdirSync(`test/fixtures/${protocol}`).filter((file) => file.endsWith('.conv')).map((file) => file.slice(0, -5)).flatMap((name) => (
    readFixture(protocol, name).flatMap((step): Array<[string, Chunk]> => (step.kind === 'chunk' && step.bytes.length > 0 ? [[name, step]] : []))));
}

test('greetings, logins, statements and their answers, seen first, name their sender; nobody is taken for the other end', () => {
  const sure = [0, 0];
  for (const [name, { side, bytes }] of chunks('mysql')) {
    const found = mysql.detect(bytes, 0, bytes.length, 'stream');
    assert.notEqual(found, side === REQUEST ? SERVER_SENT : CLIENT_SENT, name);
    if (found === CLIENT_SENT || found === SERVER_SENT) sure[side]++;
  }
  assert.ok(sure[0] > 110 && sure[1] > 100, `${sure[0]} and ${sure[1]}`);
});

test('the first chunk of each side of a whole conversation names its sender', () => {
  for (const name of readdirSync('test/fixtures/mysql').map((file) => file.slice(0, -5))) {
    const [client, server] = detectFirst(mysql, readFixture('mysql', name));
    assert.ok((client === CLIENT_SENT || client === -1) && server === SERVER_SENT, `${name}: ${client} ${server}`);
  }
});

test('no conversation of another protocol is taken for MySQL', () => {
  for (const protocol of readdirSync('test/fixtures', { withFileTypes: true }).filter((entry) => entry.isDirectory() && entry.name !== 'mysql').map((entry) => entry.name)) {
    for (const [name, { bytes }] of chunks(protocol)) {
      const found = mysql.detect(bytes, 0, bytes.length, 'stream');
      assert.ok(found === NO || found === MAYBE, `${protocol}/${name}: ${Buffer.from(bytes).toString('latin1', 0, 20)}`);
    }
  }
});

test('text and other binary protocols are refused', () => {
  for (const text of ['GET / HTTP/1.1\r\n', 'SSH-2.0-OpenSSH\r\n', 'PING\r\n', 'EHLO host\r\n', '\0\0\0\x1e\0\x12\0\x03\0\0\0\x01', '\x16\x03\x01\x02\0\x01\0\x01']) {
    const bytes = Buffer.from(text, 'latin1');
    assert.equal(mysql.detect(bytes, 0, bytes.length, 'stream'), NO, text);
  }
});
