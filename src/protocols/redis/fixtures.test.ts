import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { CLIENT_SENT, SERVER_SENT } from '../protocol.js';
import { readFixture } from '../testing/capture.js';
import { converse, detectFirst, summary } from '../testing/harness.js';
import { assertJoinsAt, cutAnywhere, totalBytes } from '../testing/properties.js';
import { redis } from './redis.js';

/** What a real server and its clients said (test/fixtures/redis). */
const FIXTURES: Record<string, string[]> = {
  cli: ['COMMAND DOCS 0', 'SET greeting 0', 'GET greeting 0', 'GET nothing 0', 'INCR greeting 1 protocol_error', 'HSET user:1 0', 'HGETALL user:1 0', 'LRANGE list 0', 'CONFIG GET 0', 'OBJECT ENCODING greeting 0',
    'EVAL greeting 0', 'NOSUCHCOMMAND x 1 protocol_error', 'SET number 0', 'MULTI 0', 'INCR number 0', 'INCR greeting 0', 'EXEC 1 protocol_error', 'BLPOP queue 0'],
  resp3: ['HELLO 0', 'HSET user:2 0', 'HGETALL user:2 0', 'SADD tags 0', 'SMEMBERS tags 0', 'ZADD scores 0', 'ZSCORE scores 0', 'LOLWUT 0', 'GET nothing 0', 'DEBUG PROTOCOL 0', 'DEBUG PROTOCOL 0', 'DEBUG PROTOCOL 0', 'DEBUG PROTOCOL 0', 'DEBUG PROTOCOL 0'],
  auth: ['AUTH 0', 'PING 0'],
  large: ['SET big 0', 'GET big 0', 'STRLEN big 0'],
  subscriber: ['SUBSCRIBE news 0', 'PSUBSCRIBE n* 0', 'PING 0', 'UNSUBSCRIBE 0', 'PUNSUBSCRIBE 0', 'GET greeting 0'],
  'subscriber-resp3': ['HELLO 0', 'CLIENT TRACKING 0', 'GET greeting 0', 'SUBSCRIBE news 0', 'PING 0', 'GET greeting 0', 'UNSUBSCRIBE 0'],
  inline: ['PING 0', 'SET a 0', 'GET a 0', 'CLIENT REPLY SKIP 0', 'SET a 0', 'GET a 0', 'CLIENT REPLY OFF 0', 'SET a 0', 'CLIENT REPLY ON 0', 'GET a 0', 'QUIT 0'],
};

for (const [name, expected] of Object.entries(FIXTURES)) {
  const steps = readFixture('redis', name);
  test(`${name} gives its exchanges, whatever the cuts`, () => {
    assert.deepEqual(converse(redis, steps).map(summary), expected);
    fc.assert(cutAnywhere(redis, steps), { numRuns: 20 });
  });
  test(`${name} joined at any byte gives no wrong pair`, () => {
    const total = totalBytes(steps);
    const stride = Math.max(1, Math.floor(total / 400));
    for (let offset = 1; offset < total; offset += stride) assertJoinsAt(redis, steps, offset);
  });
}

for (const [name, operation] of [['benchmark', 'SET'], ['benchmark-pipelined', 'GET'], ['benchmark-lrange', 'LRANGE']]) {
  test(`${name}: every request is there with a reply of its own, whatever the cuts`, () => {
    const steps = readFixture('redis', name);
    const exchanges = converse(redis, steps);
    const sent = steps.reduce((sum, step) => sum + (step.kind === 'chunk' && step.side === 0 ? Buffer.from(step.bytes).toString('latin1').split(operation).length - 1 : 0), 0);
    assert.equal(exchanges.length, sent);
    for (const exchange of exchanges) assert.equal(`${exchange.operation} ${exchange.status}${exchange.incomplete}`, `${operation} 0`);
    assert.deepEqual(detectFirst(redis, steps), [CLIENT_SENT, SERVER_SENT]);
    fc.assert(cutAnywhere(redis, steps), { numRuns: 20 });
    const total = totalBytes(steps);
    for (let offset = 1; offset < total; offset += 13) assertJoinsAt(redis, steps, offset);
  });
}
