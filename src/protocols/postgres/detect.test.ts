import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import test from 'node:test';
import type { Chunk } from '../testing/conversation.js';
import { readFixture } from '../testing/capture.js';
import { CLIENT_SENT, MAYBE, NO, REQUEST, SERVER_SENT } from '../protocol.js';
import { postgres } from './index.js';

function chunks(protocol: string): Array<[string, Chunk]> {
  return readdirSync(`test/fixtures/${protocol}`).filter((file) => file.endsWith('.conv')).map((file) => file.slice(0, -5)).flatMap((name) => (
    readFixture(protocol, name).flatMap((step): Array<[string, Chunk]> => (step.kind === 'chunk' && step.bytes.length > 0 ? [[name, step]] : []))));
}

test('each chunk of a conversation, seen first, names its sender or leaves it open; a row in the middle is not recognised', () => {
  for (const [name, { side, bytes }] of chunks('postgres')) {
    const found = postgres.detect(bytes, 0, bytes.length, 'stream');
    if (side === REQUEST) assert.ok(found === CLIENT_SENT || (found === MAYBE && (bytes.length < 8 || bytes[0] === 0x64)), `${name}: ${Buffer.from(bytes).toString('latin1', 0, 20)}`);
    else assert.notEqual(found, CLIENT_SENT, name);
  }
});

test('no conversation of another protocol is taken for PostgreSQL', () => {
  for (const protocol of readdirSync('test/fixtures', { withFileTypes: true }).filter((entry) => entry.isDirectory() && entry.name !== 'postgres').map((entry) => entry.name)) {
    for (const [name, { bytes }] of chunks(protocol)) {
      const found = postgres.detect(bytes, 0, bytes.length, 'stream');
      assert.ok(found === NO || found === MAYBE, `${protocol}/${name}: ${Buffer.from(bytes).toString('latin1', 0, 20)}`);
    }
  }
});

test('a first answer tells the server', () => {
  const bytes = Buffer.from('T\0\0\0\x06\0\0D\0\0\0\x0b\0\x01\0\0\0\x011C\0\0\0\rSELECT 1\0Z\0\0\0\x05I', 'latin1');
  assert.equal(postgres.detect(bytes, 0, bytes.length, 'stream'), SERVER_SENT);
});

test('text and other binary protocols are refused', () => {
  for (const text of ['GET / HTTP/1.1\r\n', 'SSH-2.0-OpenSSH\r\n', 'PING\r\n', 'EHLO host\r\n', '\0\0\0\x1e\0\x12\0\x03\0\0\0\x01', '\x16\x03\x01\x02\0\x01\0\x01']) {
    const bytes = Buffer.from(text, 'latin1');
    assert.equal(postgres.detect(bytes, 0, bytes.length, 'stream'), NO, text);
  }
});
