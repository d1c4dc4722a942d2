import assert from 'node:assert/strict';
import test from 'node:test';
import { criticalPath } from './critical-path.js';
import { ledgerOf } from './ledger.js';
import type { WaitReason } from './runtime-names.js';
import { drawn, MS, told } from './testing/timeline-text.js';

/** The path, what is inside of a segment indented below it. */
function expect(drawing: string, path: string[]): void {
  const input = drawn(drawing);
  const lines = criticalPath(input).flatMap((segment) => [...told([segment], input), ...told(segment.inside ?? [], input).map((line) => `  ${line}`)]);
  assert.deepEqual(lines, path);
}

test('time at a traced peer is told from its own threads', () => {
  expect(`
    web     |rnnnnnnnnr|
    pg:back |nrrffffrrn|
    pg:back@3: /base/1
    call web 1-9 pg: select a * -> pg:back 1-9
    request 0-10 web
  `, ['0-1 web cpu', '1-9 web peer pg select a *', '  1-3 pg:back cpu', '  3-7 pg:back file /base/1', '  7-9 pg:back cpu', '9-10 web cpu']);
});

test('what a peer did is told of the time that was waited for it only', () => {
  expect(`
    web     |rrrrnnnnnr|
    pg:back |nrrffffrrn|
    call web 1-9 pg: select a * -> pg:back 1-9
    request 0-10 web
  `, ['0-4 web cpu', '4-9 web peer pg select a *', '  4-7 pg:back file', '  7-9 pg:back cpu', '9-10 web cpu']);
});

test('a lock that another process of the same program held is its', () => {
  expect(`
    web     |rnnnnnnnnr|
    pg#1:a  |nriiiiiirn|
    pg#2:b  |nnnnnnnrrn|
    pg#1:a@2: epoll_wait() by pg#2:b
    call web 1-9 pg: update a * -> pg#1:a 1-9
    request 0-10 web
    other pg#2:b 7-9 commit *
  `, ['0-1 web cpu', '1-9 web peer pg update a *', '  1-2 pg#1:a cpu', '  2-8 pg#1:a lock a lock held by pg#2:b (3)', '  8-9 pg#1:a cpu', '9-10 web cpu']);
});

test('a wait for a lock that a timer interrupted is one wait', () => {
  expect(`
    web     |rnnnnnnnnr|
    pg#1:a  |nriiriiirn|
    pg#2:b  |nnnnnnnrrn|
    pg#1:a@2: epoll_wait()
    pg#1:a@5: epoll_wait() by pg#2:b
    call web 1-9 pg: update a * -> pg#1:a 1-9
    request 0-10 web
    other pg#2:b 7-9 commit *
  `, [
    '0-1 web cpu', '1-9 web peer pg update a *', '  1-2 pg#1:a cpu', '  2-4 pg#1:a lock a lock held by pg#2:b (3)', '  4-5 pg#1:a cpu',
    '  5-8 pg#1:a lock a lock held by pg#2:b (3)', '  8-9 pg#1:a cpu', '9-10 web cpu',
  ]);
});

/** The backend's wait within a statement, with a stack that tells what it was for. */
function toldByStack(reason: WaitReason, waker: string): string[] {
  const input = drawn(`
    pg#1:a |riiiir|
    pg#2:b |nnnnrr|
    pg#1:a@1: epoll_wait()${waker}
    request 0-6 pg#1:a
    other pg#1:a 7-8 commit *
    other pg#2:b 4-6 commit *
  `);
  input.request!.protocol = 'postgres';
  input.threads[0].slices[1].stack = 7;
  return told(criticalPath({ ...input, waitReasons: new Map([[7, reason]]) }), input).slice(1, -1);
}

test('what a database\'s process waits for is told by its stack, whoever woke it', () => {
  const rowLock: WaitReason = { for: 'lock', object: 'a row lock' };
  assert.deepEqual(toldByStack(rowLock, ' by pg#2:b'), ['1-5 pg#1:a lock a row lock held by pg#2:b (2)']);
  assert.deepEqual(toldByStack(rowLock, ''), ['1-5 pg#1:a lock a row lock']);
  assert.deepEqual(toldByStack({ for: 'sleep', object: 'pg_sleep' }, ' by pg#2:b'), ['1-5 pg#1:a sleep pg_sleep']);
});

test('another process that wakes a database\'s one held no lock if the stack is in none', () => {
  assert.deepEqual(toldByStack({ for: 'sibling', object: 'another process of the database' }, ' by pg#2:b'), ['1-5 pg#1:a other another process of the database: pg#2:b (2)']);
  assert.deepEqual(toldByStack({ for: 'client', object: '' }, ' by pg#2:b'), ['1-5 pg#1:a idle']);
});

test('a single-threaded server that was busy with another client says with which command', () => {
  expect(`
    web     |rnnnnnnnnr|
    redis:m |nrrrrrrrrn|
    call web 2-9 redis: GET -> redis:m 8-9
    request 0-10 web
    other redis:m 1-8 KEYS
  `, ['0-1 web cpu', '1-2 web peer', '2-9 web peer redis GET', '  2-8 redis:m other_request KEYS', '  8-9 redis:m cpu', '9-10 web cpu']);
});

test('a request that lay unread at the server is that server\'s time', () => {
  expect(`
    web     |rnnnnnnnnr|
    shop:m  |nrrrrrrrrn|
    call web 1-9 shop: GET /a -> shop:m 1-9 read 6
    request 0-10 web
    other shop:m 0-6 GET /export
  `, ['0-1 web cpu', '1-9 web peer shop GET /a', '  1-6 shop:m other_request GET /export', '  6-9 shop:m cpu', '9-10 web cpu']);
});

test('what passed on the way is the network\'s', () => {
  expect(`
    web     |rnnnnnnnnr|
    shop:m  |nnnnrrnnnn|
    call web 1-9 shop: GET /a -> shop:m 4-6; retransmit 4
    request 0-10 web
  `, ['0-1 web cpu', '1-4 web wire shop GET /a', '4-6 web peer shop GET /a', '  4-6 shop:m cpu', '6-9 web wire shop GET /a', '9-10 web cpu']);
});

test('two hops are one in the other', () => {
  const input = drawn(`
    web     |rnnnnnnnnr|
    b:m     |nrnnnnnnrn|
    c:m     |nnrrrrrrnn|
    call web 1-9 b: GET /b -> b:m 1-9
    call b:m 2-8 c: GET /c -> c:m 2-8
    request 0-10 web
  `);
  const [, peer] = criticalPath(input);
  assert.deepEqual(told(peer.inside ?? [], input), ['1-2 b:m cpu', '2-8 b:m peer c GET /c', '8-9 b:m cpu']);
  assert.deepEqual(told(peer.inside?.[1].inside ?? [], input), ['2-8 c:m cpu']);
  const [line] = ledgerOf(criticalPath(input), 10 * MS);
  assert.deepEqual([line.kind, line.ns, line.inside?.[0].kind, line.inside?.[0].ns, line.inside?.[0].inside?.[0].ns], ['peer', 8 * MS, 'peer', 6 * MS, 6 * MS]);
});

test('a connect is the network\'s time, not the peer\'s', () => {
  expect(`
    web |riiiiiirnr|
    call web 8-9 pg: login; connect 7
    request 0-10 web
  `, ['0-1 web cpu', '1-7 web wire connect to pg 10.0.0.2:5432', '7-8 web cpu', '8-9 web peer pg login', '9-10 web cpu']);
  expect('web |rnnnnnnnnr|\nweb@1: connect() 10.0.0.2:80\nrequest 0-10 web', ['0-1 web cpu', '1-9 web wire connect to 10.0.0.2:80', '9-10 web cpu']);
});

test('a loop whose pool worked for others waited for a free thread of it', () => {
  expect(`
    loop |rriiiriiiriirr|
    p1   |LrrrrLLLLLLLLL|
    p2   |LrrrrrrrrLLLLL|
    p3   |LLLLLLLLLrrrLL|
    loop@2: epoll_wait() by p1
    loop@6: epoll_wait() by p2
    loop@10: epoll_wait() by p3
    other loop 0-6 GET /hash
    other loop 0-10 GET /hash
    request 1-14 loop
  `, [
    '1-2 loop cpu', '2-5 loop pool GET /hash', '5-6 loop other_request GET /hash', '6-9 loop pool GET /hash', '9-10 loop other_request GET /hash',
    '10-12 p3 cpu', '12-14 loop cpu',
  ]);
});

test('a pool is full though helpers that are none of it woke the loop from a lock', () => {
  expect(`
    loop   |rriiiLriiiirr|
    p1     |rrrrrrrrrrrLL|
    helper |LLLLrrLLLLLLL|
    loop@5: 0x7f10 by helper
    loop@7: epoll_wait() by p1
    other loop 0-13 GET /hash
    request 1-12 loop
  `, ['1-2 loop cpu', '2-5 loop pool GET /hash', '5-6 loop lock 0x7f10 held by helper (3)', '6-7 loop cpu', '7-11 loop pool GET /hash', '11-12 loop cpu']);
});

test('a pool is full though the loop was awake whenever one of its threads had done', () => {
  const input = drawn(`
    loop |rriiirriiiirr|
    p1   |rrrrrrrrrrrLL|
    p2   |rrrrrrrrrrrrr|
    other loop 0-13 GET /hash
    request 1-12 loop
  `);
  assert.deepEqual(told(criticalPath(input), input), ['1-2 loop cpu', '2-5 loop idle', '5-7 loop cpu', '7-11 loop idle', '11-12 loop cpu']);
  assert.deepEqual(told(criticalPath({ ...input, poolThreads: new Set([2, 3]) }), input), [
    '1-2 loop cpu', '2-5 loop pool GET /hash', '5-7 loop cpu', '7-11 loop pool GET /hash', '11-12 loop cpu',
  ]);
});

test('jobs that a pool was at since before the request came are others\', whatever wakes the loop meanwhile', () => {
  expect(`
    loop |iirriiirriiiriirr|
    p1   |rrrrrrrrrrrrrrrLL|
    p2   |rrrrrrrrrrrrrrrrr|
    loop@9: epoll_wait() by p1
    loop@13: epoll_wait() by p1
    other loop 0-16 GET /hash
    other loop 7-9 GET /fast
    request 2-17 loop
  `, [
    '2-4 loop cpu', '4-7 loop pool GET /hash', '7-9 loop other_request GET /fast', '9-12 loop pool GET /hash', '12-13 loop cpu', '13-15 p1 cpu',
    '15-16 loop other_request GET /hash', '16-17 loop cpu',
  ]);
});

test('a request that waits until a pool\'s thread has answered the others is behind them, whoever read them', () => {
  expect(`
    reader |rirriiiiii|
    pool   |rrssssrrrr|
    other reader 0-6 GET /export -> pool
    request 2-10 reader -> pool
  `, ['2-6 pool other_request GET /export', '6-10 pool cpu']);
});

test('a thread stopped by the virtual machine was collecting garbage', () => {
  const input = drawn('web |rLLLLLLLLr|\nVM   |rrrrrrrrri|\nweb@1: 0x1 by VM\nrequest 0-10 web');
  for (const thread of input.threads) for (const slice of thread.slices) if (slice.wokenBy) slice.wokenBy.name = 'VM Thread';
  assert.deepEqual(told(criticalPath(input), input), ['0-1 web cpu', '1-9 web gc stopped by VM Thread', '9-10 web cpu']);
});
