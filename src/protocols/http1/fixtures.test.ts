import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { CLIENT_SENT, SERVER_SENT } from '../protocol.js';
import { readFixture } from '../testing/capture.js';
import { converse, detectFirst, summary } from '../testing/harness.js';
import { assertJoinsAt, cutAnywhere, totalBytes } from '../testing/properties.js';
import { http1 } from './http1.js';

/** What the real servers and clients said (test/fixtures/http). */
const FIXTURES: Record<string, string[]> = {
  'nginx-keep-alive': ['GET /index.html 200', 'GET /missing?q=1 404 protocol_error', 'GET /redirect 302', 'GET /empty 204', 'GET /big.txt 200', 'GET /index.html?last 200'],
  'nginx-head': ['HEAD /index.html 200', 'HEAD /big.txt 200', 'HEAD /missing 404 protocol_error'],
  'nginx-conditional': ['GET /index.html 304', 'GET /big.txt 304', 'GET /missing 404 protocol_error'],
  'nginx-chunked': ['GET /ssi 200', 'GET /index.html 200', 'GET /ssi?2 200'],
  'nginx-close': ['GET /close 200'],
  'nginx-http10': ['GET /index.html 200'],
  'nginx-post': ['POST /post 200', 'POST /post?2 200'],
  'nginx-too-large': ['POST /post 413 protocol_error'],
  'nginx-pipelined': ['GET /index.html?n=1 200', 'GET /index.html?n=2 200', 'GET /missing?n=3 404 protocol_error', 'GET /index.html?n=4 200', 'GET /index.html?n=5 200', 'GET /missing?n=6 404 protocol_error', 'GET /index.html?n=7 200', 'GET /index.html?n=8 200'],
  'node-chunked': ['POST /upload 200', 'GET /stream 200', 'GET /hints 200', 'GET /fail 500 protocol_error'],
  'node-pipelined': ['GET /1 200', 'POST /2 200', 'GET /stream?3 200', 'HEAD /4 200', 'GET /5 200', 'GET /6 200'],
  'node-continue': ['POST /expect 200'],
  'node-drop': ['GET /drop no_response'],
  'node-upgrade': ['GET /up 101'],
};

for (const [name, expected] of Object.entries(FIXTURES)) {
  const steps = readFixture('http', name);
  test(`${name} gives its exchanges, whatever the cuts`, () => {
    assert.deepEqual(converse(http1, steps).map(summary), expected);
    fc.assert(cutAnywhere(http1, steps), { numRuns: 30 });
    const [client, server] = detectFirst(http1, steps);
    assert.equal(client, CLIENT_SENT);
    if (server !== -1) assert.equal(server, SERVER_SENT);
  });
  test(`${name} joined at any byte gives no wrong pair`, () => {
    const total = totalBytes(steps);
    const stride = Math.max(1, Math.floor(total / 600));
    for (let offset = 1; offset < total; offset += stride) assertJoinsAt(http1, steps, offset);
  });
}

test('wrk: every request is there, and a join loses only the first ones', () => {
  const steps = readFixture('http', 'nginx-wrk');
  const exchanges = converse(http1, steps);
  assert.ok(exchanges.length >= 35);
  for (const exchange of exchanges) assert.equal(summary(exchange), 'GET /index.html 200');
  const total = totalBytes(steps);
  for (let offset = 1; offset < total / 2; offset += 97) assert.ok(assertJoinsAt(http1, steps, offset) >= exchanges.length / 2 - 3);
});
