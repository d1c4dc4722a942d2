import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import type { Exchange } from '../protocol.js';
import { CLIENT_SENT, MAYBE, NO, SERVER_SENT } from '../protocol.js';
import { readFixture } from '../testing/capture.js';
import type { Chunk } from '../testing/conversation.js';
import { converse, detectFirst, Driver, summary } from '../testing/harness.js';
import { anyBytes, cutAnywhere } from '../testing/properties.js';
import { dns } from './dns.js';
import { NameReader } from './name.js';

const UDP = { transport: 'datagram' } as const;
const answers = (exchange: Exchange): unknown => exchange.attributes?.['dns.answers'];

function query(id: string, name: string, type = '\\x01'): string {
  return `${id}\\x01\\x00\\x00\\x01\\x00\\x00\\x00\\x00\\x00\\x00${name}\\x00\\x00${type}\\x00\\x01`;
}
const API = '\\x03api\\x04test';

test("dnsmasq's answers to dig are read for every type of record", () => {
  const expected: Record<string, [string, unknown]> = {
    a: ['A api.shop.test 0', '10.1.2.3'],
    aaaa: ['AAAA api.shop.test 0', 'fd00::1:2'],
    cname: ['A www.shop.test 0', 'CNAME api.shop.test, 10.1.2.3'],
    txt: ['TXT shop.test 0', 'TXT "v=spf1 -all" "second text"'],
    mx: ['MX shop.test 0', 'MX 10 mail.shop.test'],
    srv: ['SRV _pg._tcp.shop.test 0', 'SRV 5 10 5432 db.shop.test'],
    ptr: ['PTR 3.2.1.10.in-addr.arpa 0', 'PTR api.shop.test'],
    https: ['HTTPS svc.shop.test 0', 'HTTPS 1 . alpn=h2'],
    caa: ['CAA shop.test 0', 'CAA 0 issue "ca.shop.test"'],
    'no-edns': ['A api.shop.test 0', '10.1.2.3'],
    nxdomain: ['A missing.shop.test 3 protocol_error', undefined],
    refused: ['A example.com 5 protocol_error', undefined],
  };
  for (const [name, [line, text]] of Object.entries(expected)) {
    const steps = readFixture('dns', name);
    assert.deepEqual(detectFirst(dns, steps, 'datagram'), [CLIENT_SENT, SERVER_SENT], name);
    const [exchange, ...more] = converse(dns, steps, UDP);
    assert.equal(more.length, 0);
    assert.equal(summary(exchange), line);
    assert.equal(answers(exchange), text, name);
  }
});

test('an error carries the name of its code and the extended error', () => {
  const [refused] = converse(dns, readFixture('dns', 'refused'), UDP);
  assert.equal(refused.errorText, 'REFUSED, extended error 14');
});

test('parallel queries on one socket are paired by id and question, and a query sent again counts once', () => {
  const exchanges = converse(dns, readFixture('dns', 'parallel'), UDP);
  assert.deepEqual(exchanges.map(summary), [
    'A api.shop.test 0', 'AAAA api.shop.test 0', 'A www.shop.test 0', 'MX shop.test 0', 'A mail.shop.test 3 protocol_error', 'A api.shop.test 0',
  ]);
  assert.deepEqual(exchanges.map((exchange) => exchange.attributes?.['dns.retries']), [undefined, undefined, undefined, undefined, undefined, 1]);
});

test('one id with two questions at a time gives two exchanges', () => {
  const exchanges = converse(dns, `
> ${query('ab', API)}
> ${query('ab', API, '\\x1c')}
< ab\\x81\\x83\\x00\\x01\\x00\\x00\\x00\\x00\\x00\\x00${API}\\x00\\x00\\x1c\\x00\\x01
< ab\\x81\\x80\\x00\\x01\\x00\\x00\\x00\\x00\\x00\\x00${API}\\x00\\x00\\x01\\x00\\x01`, UDP);
  assert.deepEqual(exchanges.map(summary), ['AAAA api.test 3 protocol_error', 'A api.test 0']);
});

test('messages over TCP are read behind their length, wherever they are cut', () => {
  const steps = readFixture('dns', 'tcp');
  assert.deepEqual(detectFirst(dns, steps), [CLIENT_SENT, SERVER_SENT]);
  assert.deepEqual(converse(dns, steps).map(summary), ['TXT shop.test 0', 'AAAA api.shop.test 0', 'A missing.shop.test 3 protocol_error']);
  fc.assert(cutAnywhere(dns, steps), { numRuns: 200 });
});

test('a datagram of which only the beginning was captured still ends its exchange', () => {
  const steps = readFixture('dns', 'cname').map((step) => {
    if (step.kind !== 'chunk' || step.side === 0) return step;
    return { ...step, bytes: step.bytes.subarray(0, 60), missing: step.bytes.length - 60 } satisfies Chunk;
  });
  const [exchange] = converse(dns, steps, UDP);
  assert.equal(exchange.responseBytes, 85);
  assert.equal(exchange.status, '0');
  assert.equal(answers(exchange), 'CNAME api.shop.test');
});

test('a query without response expires or ends with its socket', () => {
  const expired = new Driver(dns, UDP);
  expired.step({ kind: 'chunk', side: 0, ns: 1000, tid: 1, bytes: chunk(query('ab', API)), missing: 0 });
  expired.parser.expire(1000, 5000);
  assert.equal(expired.parser.pending(), 1);
  expired.parser.expire(1001, 5000);
  assert.deepEqual(expired.exchanges.map(summary), ['A api.test no_response']);
  assert.equal(expired.exchanges[0].endNs, 5000);
  assert.deepEqual(converse(dns, `> ${query('ab', API)}\nx`, UDP).map(summary), ['A api.test no_response']);
});

test('a response that overtook its query in the record is paired all the same', () => {
  const exchanges = converse(dns, `
<@1000 ab\\x81\\x80\\x00\\x01\\x00\\x00\\x00\\x00\\x00\\x00${API}\\x00\\x00\\x01\\x00\\x01
>@2000 ${query('ab', API)}`, UDP);
  assert.deepEqual(exchanges.map(summary), ['A api.test 0']);
});

test('a response without its question (FORMERR) is paired by id', () => {
  const exchanges = converse(dns, `> ${query('ab', API)}\n< ab\\x81\\x81\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00`, UDP);
  assert.deepEqual(exchanges.map(summary), ['A api.test 1 protocol_error']);
});

test('compression pointers that loop or lead forwards end the name', () => {
  const names = new NameReader();
  assert.equal(names.read(Uint8Array.of(0xc0, 0), 0, 0, 2), '');
  assert.equal(names.read(Uint8Array.of(1, 97, 0xc0, 0), 0, 0, 4), '');
  assert.equal(names.read(Uint8Array.of(0xc0, 2, 1, 97, 0), 0, 0, 5), '');
  assert.equal(names.next, -1);
  assert.equal(names.read(Uint8Array.of(1, 65, 0, 0xc0, 0), 0, 3, 5), 'a');
  assert.equal(names.next, 5);
});

test('other traffic is not taken for DNS', () => {
  const others = ['GET / HTTP/1.1\r\n\r\n', '*1\r\n$4\r\nPING\r\n', '\x00\x00\x00\x08\x04\xd2\x16\x2f', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'];
  for (const text of others) {
    const bytes = Buffer.from(text, 'latin1');
    assert.equal(dns.detect(bytes, 0, bytes.length, 'datagram'), NO, text);
    assert.notEqual(dns.detect(bytes, 0, bytes.length, 'stream'), CLIENT_SENT, text);
    assert.notEqual(dns.detect(bytes, 0, bytes.length, 'stream'), SERVER_SENT, text);
  }
  fc.assert(fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
    assert.equal(dns.detect(bytes, 0, bytes.length, 'datagram'), NO);
  }), { numRuns: 500 });
});

test('a query cut anywhere on a stream is never refused', () => {
  const [first] = readFixture('dns', 'tcp') as Chunk[];
  for (let length = 0; length < first.bytes.length; length++) assert.equal(dns.detect(first.bytes, 0, length, 'stream'), MAYBE, String(length));
});

test('any bytes from both sides are survived within bounds', () => {
  const fragments = ['\x00\x1aab\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x03api\x04test\x00\x00\x01\x00\x01', '\x03www', '\xc0\x0c', '\x00\x01\x00\x01',
    'ab\x81\x80\x00\x01\x00\x01\x00\x00\x00\x00\x03api\x04test\x00\x00\x01\x00\x01\xc0\x0c\x00\x01\x00\x01\x00\x00\x00<\x00\x04\x01\x02\x03\x04', '\x00\x0c', '\xff\xff', '\x00'];
  for (const transport of ['datagram', 'stream'] as const) fc.assert(anyBytes(dns, fragments, { transport }), { numRuns: 300 });
});

test('a message of any bytes behind a valid header never loops or throws', () => {
  const header = fc.tuple(fc.uint8Array({ minLength: 2, maxLength: 4 }), fc.uint8Array({ minLength: 4, maxLength: 8 }), fc.uint8Array({ maxLength: 300 }));
  fc.assert(fc.property(header, ([head, counts, rest]) => {
    const bytes = Buffer.concat([head, Uint8Array.of(0, 1), counts, rest]);
    converse(dns, [{ kind: 'chunk', side: 1, ns: 1, tid: 1, bytes: new Uint8Array(bytes), missing: 0 }], UDP);
  }), { numRuns: 500 });
});

function chunk(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text.replace(/\\x([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))), 'latin1'));
}
