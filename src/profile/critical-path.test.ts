import assert from 'node:assert/strict';
import test from 'node:test';
import { criticalPath } from './critical-path.js';
import { drawn, told } from './testing/timeline-text.js';

function expect(drawing: string, path: string[]): void {
  const input = drawn(drawing);
  assert.deepEqual(told(criticalPath(input), input), path);
}

test('a thread that computes is on CPU, its turns in the run queue name who ran instead', () => {
  expect(`
    web |rrrrqqqrrr|
    web@4: backup (pid 812)
    request 1-9 web
  `, ['1-4 web cpu', '4-7 web run_queue backup (pid 812)', '7-9 web cpu']);
});

test('a lock that another thread held is that lock, with its holder', () => {
  expect(`
    web |rrLLLLLLqrr|
    bg  |rrrrrrrriii|
    web@2: 0x7f10 by bg
    request 0-11 web
  `, ['0-2 web cpu', '2-8 web lock 0x7f10 held by bg (2)', '8-9 web run_queue', '9-11 web cpu']);
});

test('a lock that two threads held one after the other names both', () => {
  expect(`
    web |rrLLLLLLLLrr|
    a   |rrrrrrriiiii|
    b   |LLLLLLLrrrii|
    web@2: 0x7f10 by b
    b@0: 0x7f10 by a
    request 0-12 web
  `, ['0-2 web cpu', '2-7 web lock 0x7f10 held by a (2)', '7-10 web lock 0x7f10 held by b (3)', '10-12 web cpu']);
});

test('a lock whose holder was not recorded keeps the name of who woke', () => {
  expect(`
    web |rrLLLLrr|
    web@2: 0x7f10 by gone
    request 0-8 web
  `, ['0-2 web cpu', '2-6 web lock 0x7f10 held by gone (99)', '6-8 web cpu']);
});

test('a request passed on to a pool is followed through the thread that passed it on', () => {
  expect(`
    accept |iirrrriiiiii|
    pool   |LLLLLqrrrrrr|
    pool@0: 0x7f20 by accept
    request 2-12 accept -> pool
  `, ['2-5 accept cpu', '5-6 pool run_queue', '6-12 pool cpu']);
});

test('a pool thread that only became idle during the request has no part in it before', () => {
  expect(`
    accept |rrrrrriiiiii|
    pool   |rrrrLLqrrrrr|
    pool@4: 0x7f20 by accept
    request 1-12 accept -> pool
  `, ['1-6 accept cpu', '6-7 pool run_queue', '7-12 pool cpu']);
});

test('work given to a pool and waited for is the pool thread\'s own time', () => {
  expect(`
    web  |rrLLLLLLrr|
    pool |LqrrffrrLL|
    pool@0: 0x7f20 by web
    pool@4: /data/index
    web@2: 0x7f30 by pool
    request 0-10 web
  `, ['0-2 web cpu', '2-4 pool cpu', '4-6 pool file /data/index', '6-8 pool cpu', '8-10 web cpu']);
});

test('a queue before a full pool is the request that the pool thread was at', () => {
  expect(`
    accept |rriiiiiiiiii|
    pool   |rrrnnnrrrrrr|
    call pool 2-6 mysql: select slow
    other pool 0-8 GET /before
    request 1-12 accept -> pool
  `, ['1-8 pool other_request GET /before', '8-12 pool cpu']);
});

test('an event loop that computed for another request says for which', () => {
  expect(`
    loop |rriirrrrrrirr|
    call loop 1-12 mysql: select orders *
    other loop 5-9 GET /export
    request 0-13 loop
  `, [
    '0-2 loop cpu', '2-4 loop peer mysql select orders *', '4-9 loop other_request GET /export', '9-10 loop cpu',
    '10-11 loop peer mysql select orders *', '11-13 loop cpu',
  ]);
});

test('what an event loop computes after our own read is ours, whoever else is waiting', () => {
  expect(`
    loop |irrrrrri|
    other loop 1-20 GET /export
    request 2-7 loop
  `, ['2-7 loop cpu']);
});

test('an event loop that read the request late was busy with the one before', () => {
  expect(`
    loop |rrrrrrrrr|
    other loop 0-6 GET /export
    request 2-9 read 6 loop
  `, ['2-6 loop other_request GET /export', '6-9 loop cpu']);
});

test('an event loop is woken by the worker that did its file work', () => {
  expect(`
    loop   |rriiiiirr|
    worker |LLffffrLL|
    worker@0: 0x1 by loop
    worker@2: /var/big
    loop@2: by worker
    request 0-9 loop
  `, ['0-2 loop cpu', '2-6 worker file /var/big', '6-7 worker cpu', '7-9 loop cpu']);
});

test('a slow query is the peer, with the call', () => {
  const input = drawn(`
    web |rrnnnnnnrr|
    web@2: 127.0.0.1:3306
    call web 2-8 mysql: select orders *
    request 0-10 web
  `);
  const path = criticalPath(input);
  assert.deepEqual(told(path, input), ['0-2 web cpu', '2-8 web peer mysql select orders *', '8-10 web cpu']);
  assert.equal(path[1].call, input.calls[0]);
});

test('a wait for a socket without a call is its other end', () => {
  expect(`
    web |rrnnnnrr|
    web@2: 10.0.0.9:51000
    request 0-8 web
  `, ['0-2 web cpu', '2-6 web peer 10.0.0.9:51000', '6-8 web cpu']);
});

test('two peers in sequence are two peers', () => {
  expect(`
    web |riiiriiiir|
    call web 1-4 redis: GET
    call web 5-9 mysql: select users *
    request 0-10 web
  `, ['0-1 web cpu', '1-4 web peer redis GET', '4-5 web cpu', '5-9 web peer mysql select users *', '9-10 web cpu']);
});

test('of two peers in parallel the one that answered last decides', () => {
  expect(`
    web |riiiriiiir|
    call web 1-4 redis: GET
    call web 1-9 mysql: select users *
    request 0-10 web
  `, ['0-1 web cpu', '1-4 web peer mysql select users *', '4-5 web cpu', '5-9 web peer mysql select users *', '9-10 web cpu']);
});

test('an answer read by another thread than the one that asked is still that call', () => {
  expect(`
    go-1 |rriiiiii|
    go-2 |iiiiiirr|
    call go-1 2-6 mysql: select users *
    request 0-8 go-1 -> go-2
  `, ['0-2 go-1 cpu', '2-6 go-2 peer mysql select users *', '6-8 go-2 cpu']);
});

test('a loop that waits for nothing is idle', () => {
  expect(`
    loop |rriiiirr|
    request 0-8 loop
  `, ['0-2 loop cpu', '2-6 loop idle', '6-8 loop cpu']);
});

test('sleep, fsync, page faults and other calls are what they are', () => {
  expect(`
    web |rssrfffrFFroor|
    web@4: fsync /var/lib/journal
    web@11: wait4
    request 0-14 web
  `, [
    '0-1 web cpu', '1-3 web sleep', '3-4 web cpu', '4-7 web file fsync /var/lib/journal', '7-8 web cpu', '8-10 web fault', '10-11 web cpu',
    '11-13 web other wait4', '13-14 web cpu',
  ]);
});

test('a wait in the taking of a lock that nobody ended is that lock, probably of the one thread that was busy all the time', () => {
  const input = drawn(`
    java |rrLLLLrr|
    busy |rrrrrrri|
    java@2: 0x7f10
    other busy 0-7 GET /hold
    request 0-8 java
  `);
  input.threads[0].slices[1].stack = 0;
  assert.deepEqual(told(criticalPath({ ...input, lockStacks: new Set([0]) }), input), ['0-2 java cpu', '2-6 java lock 0x7f10 held by busy (2)', '6-8 java cpu']);
});

test('a lock that is waited for with a time limit, again and again, is one wait', () => {
  expect(`
    java |rLLrLLLLr|
    busy |rrrrrrrri|
    java@1: 0x7f10
    java@4: 0x7f14 by busy
    request 0-9 java
  `, ['0-1 java cpu', '1-3 java lock 0x7f14 held by busy (2)', '3-4 java cpu', '4-8 java lock 0x7f14 held by busy (2)', '8-9 java cpu']);
});

test('a thread that has to queue for a CPU between two looks at a lock waits on for the same lock', () => {
  expect(`
    java |rLLqqqqqrLLLLr|
    busy |rrrrrrrrrrrrri|
    java@1: 0x7f10
    java@9: 0x7f10 by busy
    request 0-14 java
  `, ['0-1 java cpu', '1-3 java lock 0x7f10 held by busy (2)', '3-8 java run_queue', '8-9 java cpu', '9-13 java lock 0x7f10 held by busy (2)', '13-14 java cpu']);
});

test('the stack of one part of a wait tells of the parts that have none', () => {
  const input = drawn(`
    java |rrLLrLLLLrr|
    busy |rrrrrrrrrri|
    java@2: 0x7f10
    java@5: 0x7f10
    other busy 0-10 GET /hold
    request 0-11 java
  `);
  input.threads[0].slices[1].stack = 0;
  assert.deepEqual(told(criticalPath({ ...input, lockStacks: new Set([0]) }), input), [
    '0-2 java cpu', '2-4 java lock 0x7f10 held by busy (2)', '4-5 java cpu', '5-9 java lock 0x7f10 held by busy (2)', '9-11 java cpu',
  ]);
});

test('a futex wait that nobody ended ran into its timeout', () => {
  expect(`
    java |rrLLLLrr|
    java@2: 0x7f10
    request 0-8 java
  `, ['0-2 java cpu', '2-6 java sleep timed wait 0x7f10', '6-8 java cpu']);
});

test('a response written by another thread leads back to the one that read the request', () => {
  expect(`
    reader |rrrrrriiii|
    writer |iiiiiiqrrr|
    writer@0: by reader
    request 0-10 reader -> writer
  `, ['0-6 reader cpu', '6-7 writer run_queue', '7-10 writer cpu']);
});

test('a thread that was started, waited for and ended is followed', () => {
  expect(`
    main  |rrLLLLLLrr|
    child |..rrssrr..|
    main@2: 0x7f99 by child
    request 0-10 main
  `, ['0-2 main cpu', '2-4 child cpu', '4-6 child sleep', '6-8 child cpu', '8-10 main cpu']);
});

test('before a thread was started, whoever started it had the work', () => {
  expect(`
    accept |iirrrrLLLL|
    pool   |.....qrrrr|
    accept started pool at 5
    request 1-10 accept -> pool
  `, ['1-2 accept idle', '2-5 accept cpu', '5-6 pool run_queue', '6-10 pool cpu']);
});

test('a process that was forked for the answer, or waited for, is followed', () => {
  expect(`
    web       |rrrrriiiii|
    convert:1 |..qrrrrrrr|
    web started convert:1 at 2
    request 0-10 web -> convert:1
  `, ['0-2 web cpu', '2-3 convert:1 run_queue', '3-10 convert:1 cpu']);
  expect(`
    web       |rrrooooorr|
    convert:1 |..qrrrrr..|
    web@3: wait4() by convert:1
    web started convert:1 at 2
    request 0-10 web
  `, ['0-3 web cpu', '3-8 convert:1 cpu', '8-10 web cpu']);
});

test('what the recorder did not remember any more is said apart from what it never saw', () => {
  expect(`
    web |....ssrrr..|
    recorded from 3
    request 0-9 web
  `, ['0-3 web unexplained older than what the recorder knows', '3-4 web unexplained', '4-6 web sleep', '6-9 web cpu']);
  // It was there by then: what its starter did meanwhile explains nothing.
  expect(`
    accept |rriiiiiiii|
    pool   |.....rrrrr|
    accept started pool at 2
    recorded from 4
    request 0-10 accept -> pool
  `, ['0-2 accept cpu', '2-4 pool unexplained older than what the recorder knows', '4-5 pool unexplained', '5-10 pool cpu']);
});

test('where a followed thread has no events the path says so', () => {
  expect(`
    accept |...rr.....|
    pool   |LLLLLrrrrr|
    pool@0: 0x7f20 by accept
    request 1-10 accept -> pool
  `, ['1-3 accept unexplained', '3-5 accept cpu', '5-10 pool cpu']);
});

test('after its last switch a thread ran until it wrote the response', () => {
  expect(`
    web |iiiq......|
    request 3-9 web
  `, ['3-4 web run_queue', '4-9 web cpu']);
});

test('a thread that was not recorded leaves all unexplained', () => {
  expect(`
    web |rrrr|
    request 0-4 nobody
  `, ['0-4 99 unexplained thread 99 was not recorded']);
});

test('threads that claim to have woken each other end the walk', () => {
  expect(`
    a |iiiiiiiir|
    b |iiiiiiiii|
    a@0: by b
    b@0: by a
    request 0-9 a
  `, ['0-8 a idle', '8-9 a cpu']);
});

test('a request without duration has no path', () => {
  expect('web |rrr|\nrequest 1-1 web', []);
});
