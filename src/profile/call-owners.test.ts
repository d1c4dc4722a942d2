import assert from 'node:assert/strict';
import test from 'node:test';
import { callOwners } from './call-owners.js';
import { criticalPath } from './critical-path.js';
import type { PathInput } from './path-input.js';
import { SliceIndex } from './slice-index.js';
import { drawn, told } from './testing/timeline-text.js';

/** A line for each call whose owner is known. */
function owners(drawing: string): string[] {
  const input = drawn(drawing);
  return [...callOwners(input, new SliceIndex(input.threads))].map(([call, owner]) => `${call.endpoint}: ${owner === 'ours' ? 'ours' : owner.endpoint}`);
}

/** `thread peer call`, a line for each wait of the path for somebody else. */
function waitsForPeers(input: PathInput): string[] {
  return told(criticalPath(input), input).filter((line) => line.includes(' peer ')).map((line) => line.replace(/^\S+ /, ''));
}

test('a proxy\'s call is that of the request read before it', () => {
  const drawing = `
    nginx |iriririiiiriir|
    call nginx 2-14 shop: GET /ranking
    call nginx 4-11 shop: GET /shipping
    other nginx 1-14 GET /ranking
    request 3-11 nginx
  `;
  assert.deepEqual(owners(drawing), ['GET /ranking: GET /ranking', 'GET /shipping: ours']);
  const input = drawn(drawing);
  assert.deepEqual([...new Set(waitsForPeers(input))], ['nginx peer shop GET /shipping']);
});

test('a call that follows an answer is for the same request', () => {
  assert.deepEqual(owners(`
    loop |rrriiiirriiiirrr|
    call loop 1-7 pg: select a
    call loop 8-13 pg: select b
    other loop 0-15 GET /export
    request 2-16 loop
  `), ['select a: GET /export', 'select b: GET /export']);
});

test('behind a wait, behind a response, or put off for what came in between, nothing is known', () => {
  assert.deepEqual(owners('loop |riirriiiir|\ncall loop 4-9 pg: select a\nother loop 0-9 GET /x\nrequest 0-10 loop'), []);
  assert.deepEqual(owners('loop |rrrrriiiir|\ncall loop 4-9 pg: select a\nother loop 1-3 GET /x\nrequest 0-10 loop'), []);
  assert.deepEqual(owners('loop |rrrrriiiir|\ncall loop 4-9 pg: select a\nother loop 3-9 GET /x\nrequest 1-10 loop'), []);
});

test('another request\'s call after ours in the same turn may be ours, put off; a proxy\'s bears its request\'s name', () => {
  const drawing = `
    loop |rrrrriiiiir|
    call loop 1-9 shop: GET /mine
    call loop 3-10 shop: GET /x
    other loop 2-10 GET /x
    request 0-11 loop
  `;
  assert.deepEqual(owners(drawing), ['GET /mine: ours']);
  const input = drawn(drawing);
  assert.ok(told(criticalPath(input), input).some((line) => line.endsWith('peer shop GET /x')));
  const proxy = { ...input, request: { ...input.request!, endpoint: 'GET /mine' } };
  assert.deepEqual(waitsForPeers(proxy), ['loop peer shop GET /mine']);
});

test('of calls that began before the request came nothing was waited for while its own were under way', () => {
  const drawing = (own: string): string[] => {
    const input = drawn(`
      loop |iiiriiiiriir|
      ${own}
      call loop 1-8 pg: select early
      request 3-12 loop
    `);
    return told(criticalPath(input), input).filter((line) => line.includes(' peer '));
  };
  assert.deepEqual(drawing('call loop 4-11 pg: select own'), ['4-8 loop peer pg select own', '9-11 loop peer pg select own']);
  assert.deepEqual(drawing(''), ['4-8 loop peer pg select early']);
});

test('a call that goes on after the response had waited for a connection, and is another request\'s', () => {
  assert.deepEqual(owners(`
    loop |rriiiirriiiiir|
    call loop 1-6 pg: select a
    call loop 7-13 pg: select b
    other loop 0-8 GET /x
    request 2-14 loop
  `), ['select a: GET /x']);
});

test('what follows the answer to another request\'s call is work for that request', () => {
  const input = drawn(`
    loop |rrriiirrrriiir|
    call loop 1-6 pg: select a
    call loop 2-13 pg: select b
    other loop 0-30 GET /x
    request 2-14 loop
  `);
  assert.ok(told(criticalPath(input), input).includes('6-10 loop other_request GET /x'));
});

test('a server that answers all its clients at the end of a turn did what it read last until then', () => {
  const drawing = `
    redis |rrrrrrrrri|
    other redis 1-9 HINCRBY
    request 2-9 redis
  `;
  const input = drawn(drawing);
  assert.deepEqual(told(criticalPath(input), input), ['2-9 redis other_request HINCRBY']);
  const redis = { ...input, request: { ...input.request!, protocol: 'redis' } };
  assert.deepEqual(told(criticalPath(redis), redis), ['2-9 redis cpu']);
  const behind = drawn(drawing.replace('1-9', '5-9'));
  const redisBehind = { ...behind, request: { ...behind.request!, protocol: 'redis' } };
  assert.deepEqual(told(criticalPath(redisBehind), redisBehind), ['2-5 redis cpu', '5-9 redis other_request HINCRBY']);
});
