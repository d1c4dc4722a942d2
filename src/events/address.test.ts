import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { AF_INET6, formatAddress, formatComm, formatUnixPath } from './address.js';

const AF_INET = 2;

function v6(text: string): Uint8Array {
  const [left, right = ''] = text.split('::');
  const groups = (part: string) => part.split(':').filter(Boolean);
  const middle = text.includes('::') ? new Array<string>(8 - groups(left).length - groups(right).length).fill('0') : [];
  return new Uint8Array([...groups(left), ...middle, ...groups(right)].flatMap((group) => [parseInt(group, 16) >> 8, parseInt(group, 16) & 255]));
}

test('IPv4 takes the first four bytes', () => {
  assert.equal(formatAddress(AF_INET, new Uint8Array([9, 127, 0, 0, 1, 255, 255]), 1, 80), '127.0.0.1:80');
});

test('IPv6 as RFC 5952 writes it', () => {
  for (const text of ['::', '::1', '2001:db8::1', '2001:db8:0:1:1:1:1:1', '2001:0:0:1::1', '1::', '1:2:3:4:5:6:7:8', 'fe80::1:0:0:1', '::ffff:0:0:1']) {
    assert.equal(formatAddress(AF_INET6, v6(text), 0, 443), `[${text}]:443`);
  }
});

test('an IPv4-mapped address is the IPv4 address it stands for', () => {
  assert.equal(formatAddress(AF_INET6, v6('::ffff:7f00:1'), 0, 6379), '127.0.0.1:6379');
});

test('any IPv6 address reads back as itself', () => {
  fc.assert(fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes, mask) => {
    const sparse = bytes.map((byte, i) => (mask[i & ~1] & 1 ? 0 : byte));
    const text = formatAddress(AF_INET6, sparse, 0, 1);
    if (!text.startsWith('[')) return;
    assert.deepEqual(v6(text.slice(1, text.indexOf(']'))), sparse);
    assert.equal(new URL(`http://${text}/`).hostname, text.slice(0, text.indexOf(']') + 1), 'as the URL standard normalises it');
  }));
});

test('unix names: paths, abstract names, none, and the longest', () => {
  const path = (text: string) => formatUnixPath(new Uint8Array([0x2f, ...Buffer.from(text.padEnd(108, '\0'), 'latin1')]), 1, 108);
  assert.equal(path('/run/x.sock'), 'unix:/run/x.sock');
  assert.equal(path('\0abstract'), 'unix:@abstract');
  assert.equal(path(''), 'unix:');
  assert.equal(path('p'.repeat(108)), `unix:${'p'.repeat(108)}`);
});

test('process names end at the zero byte or after 16', () => {
  assert.equal(formatComm(Buffer.from('nginx\0zzzzzzzzzzzzzz'), 0), 'nginx');
  assert.equal(formatComm(Buffer.from('x'.repeat(20)), 0), 'x'.repeat(16));
});
