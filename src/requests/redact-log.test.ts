import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { redactLog } from './redact-log.js';

const redacted = (text: string): string => redactLog(new Uint8Array(Buffer.from(text)));
const SECRET = 'hunter2secretvalue';

test('what a log line calls a secret is masked, in whichever form it stands', () => {
  for (const line of [
    `login failed for bob, password: ${SECRET}`, `password=${SECRET} retries=3`, `{"level":"info","token":"${SECRET}","n":1}`,
    `{ level: 'info', apiKey: '${SECRET}' }`, `Authorization: Bearer ${SECRET}`, `sent header authorization => "Basic ${SECRET}"`,
    `calling https://bob:${SECRET}@example.com/x`, `got Bearer ${SECRET} from client`, `CREATE USER bob IDENTIFIED BY '${SECRET}'`,
    `-----BEGIN RSA PRIVATE KEY-----\n${SECRET}`, `jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIi${SECRET}.${SECRET}`,
  ]) {
    assert.ok(!redacted(line).includes(SECRET), redacted(line));
    assert.match(redacted(line), /\*\*\*/);
  }
});

test('ordinary lines stay as they are', () => {
  for (const line of [
    '12:30:05.123 INFO o.s.web GET /orders/17 200 in 12 ms', 'at OrderService.load(OrderService.java:42)', 'pool: 8 busy, 2 idle; queue=17',
    '127.0.0.1 - - [26/Nov/2026:11:00:00 +0000] "GET /x HTTP/1.1" 200 612 "-" "curl/7.88.1"', 'größer als 10 %',
  ]) assert.equal(redacted(line), line);
});

test('any bytes give a text', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => { assert.equal(typeof redactLog(bytes), 'string'); }));
});
