import assert from 'node:assert/strict';
import test from 'node:test';
import { criticalPath } from './critical-path.js';
import { ledgerOf } from './ledger.js';
import type { Stacks } from './stacks.js';
import { drawn, MS, PID } from './testing/timeline-text.js';
import { timelines } from './thread-slices.js';
import { NO_CALL } from './system-calls.js';
import type { VerdictInput } from './verdict.js';
import { verdictOf } from './verdict.js';

/** Samples of thread 1 at these ms; frames outermost first. */
function sampled(at: Record<number, string>, tid = 1): Stacks {
  const stacks: Stacks = { frames: [], stacks: [], samples: [], pending: false };
  for (const [ms, names] of Object.entries(at)) {
    const frames = names.split(';').reverse().map((name) => {
      const known = stacks.frames.findIndex((frame) => frame.name === name);
      const module = name.startsWith('mem') ? 'libc.so.6' : 'app';
      return known >= 0 ? known : stacks.frames.push({ name, kind: 'native', module, file: '', line: 0, inlined: false }) - 1;
    });
    stacks.samples.push({ ns: Number(ms) * MS, pid: PID, tid, stack: stacks.stacks.push({ frames, truncated: '' }) - 1, weightNs: MS });
  }
  return stacks;
}

const usually = (ms: number): VerdictInput['usual'] => ({ durationNs: ms * MS, ledger: [] });

function verdict(drawing: string, more: Partial<VerdictInput> = {}): string {
  const input = drawn(drawing);
  const path = criticalPath(input);
  return verdictOf({ label: 'GET /report', input, path, ledger: ledgerOf(path, input.requestEndNs - input.requestStartNs), ...more }).verdict;
}

test('computing, and in which function', () => {
  const stacks = sampled({ 1: 'main;handle;render;memcpy', 2: 'main;handle;render', 3: 'main;handle;log', 4: 'main;handle;render;memcpy', 5: 'main;handle;render;layout' });
  assert.equal(verdict('web |rrrrrrrrrf|\nrequest 0-10 web', { usual: usually(2), stacks }),
    'GET /report took 10 ms, usually 2 ms. 9 ms (90 %) it was computing: thread web (1) was on CPU, mostly in render.');
});

test('computing on a thread that serves others at the same time is only probable', () => {
  assert.equal(verdict('web |rrrrrrrrrr|\nother web 2-30 GET /x\nrequest 1-10 web'),
    'GET /report took 9 ms. 9 ms (100 %) it was probably computing: thread web (1) was on CPU.');
});

test('a lock: who held it and what for', () => {
  assert.equal(verdict(`
    web |rLLLLLLLLr|
    bg  |rrrrrrrrri|
    web@1: 0x7f10 by bg
    other bg 0-30 GET /export
    request 0-10 web
  `, { usual: usually(1) }),
  'GET /report took 10 ms, usually 1 ms. 8 ms (80 %) it waited for lock 0x7f10, held by thread bg (2), which was serving GET /export; bg (2) was computing (on CPU).');
});

test('a lock whose holder waited for a peer, and one whose holder was not recorded', () => {
  assert.match(verdict(`
    web |rLLLLLLLLr|
    bg  |rnnnnnnnri|
    web@1: 0x7f10 by bg
    call bg 1-8 mysql: update stock
    request 0-10 web
  `), /held by thread bg \(2\); bg \(2\) waited for mysql update stock\.$/);
  assert.match(verdict('web |rLLLLLLLLr|\nweb@1: 0x7f10 by gone\nrequest 0-10 web'), /lock 0x7f10, probably held by thread gone \(99\)\.$/);
});

test('a peer: which call, and what its own threads did', () => {
  assert.equal(verdict(`
    web |rnnnnnnnnr|
    call web 1-9 postgres: select orders *; rtt 1
    request 0-10 web
  `), 'GET /report took 10 ms. 8 ms (80 %) it waited for postgres select orders *. The network is fine (round trip 1 ms, no retransmits).');
  assert.equal(verdict(`
    web      |rnnnnnnnnr|
    pg:back  |nrrrrrrrrn|
    call web 1-9 pg: select orders * -> pg:back 1-9
    request 0-10 web
  `), 'GET /report took 10 ms. 8 ms (80 %) it waited for pg select orders *; there pg (pid 101) was computing (on CPU). The network is fine (all of that passed in the server itself).');
});

test('a row lock: which backend had it, and that it was idle in its transaction', () => {
  assert.equal(verdict(`
    web      |rnnnnnnnnr|
    pg#1:a   |nriiiiiirn|
    pg#2:b   |nnnnnnnrrn|
    pg#1:a@2: epoll_wait() by pg#2:b
    call web 1-9 pg: update stock * -> pg#1:a 1-9
    request 0-10 web
    other pg#2:b 0-1 update stock *
    other pg#2:b 7-9 commit *
  `),
  'GET /report took 10 ms. 8 ms (80 %) it waited for pg update stock *; there pg (pid 101) waited for a lock held by pg#2:b (3), which was idle in transaction after update stock *. The network is fine (all of that passed in the server itself).');
});

test('two hops are told to their end', () => {
  assert.match(verdict(`
    web     |rnnnnnnnnnr|
    offers:m|nrnnnnnnnrn|
    prices:m|nnrrrrrrrnn|
    call web 1-10 offers: GET /offers -> offers:m 1-10
    call offers:m 2-9 prices: GET /prices -> prices:m 2-9
    request 0-11 web
  `), /waited for offers GET \/offers; there offers \(pid 101\) waited for prices GET \/prices; there prices \(pid 102\) was computing \(on CPU\)\. /);
});

test('a server that was busy with another client', () => {
  assert.match(verdict(`
    web       |rnnnnnnnnr|
    redis:m   |rrrrrrrrrn|
    call web 1-9 redis: GET -> redis:m 8-9
    request 0-10 web
    other redis:m 0-8 KEYS
  `), /waited for redis GET; there redis \(pid 101\) was busy with another request: KEYS\./);
});

test('packets sent again that nobody waited for are no loss', () => {
  assert.match(verdict(`
    web       |rnnnnnnnnr|
    redis:m   |nrrrrrrrrn|
    call web 1-9 redis: SORT -> redis:m 1-9; retransmit 4, rtt 0
    request 0-10 web
  `), /waited for redis SORT; there redis \(pid 101\) was computing \(on CPU\)\. The network is fine \(round trip 0 us, 1 packet sent again in vain\)\.$/);
});

test('from one end only, what was sent again long before the answer is no loss', () => {
  assert.match(verdict('web |rnnnnnnnnr|\ncall web 1-9 redis: SORT; retransmit 4, rtt 0\nrequest 0-10 web'),
    /8 ms \(80 %\) it waited for redis SORT\. The network is fine \(round trip 0 us, 1 packet sent again\)\.$/);
});

test('a server that waited for several services: the one that took longest is told of', () => {
  assert.match(verdict(`
    web     |rnnnnnnnnnnr|
    shop:m  |nrnnrnnnnnrn|
    pg#1:a  |nnrrnnnnnnnn|
    redis:m |nnnnnrrrrrnn|
    call web 1-11 shop: GET /a -> shop:m 1-11
    call shop:m 2-4 pg: select a -> pg#1:a 2-4
    call shop:m 5-10 redis: SORT -> redis:m 5-10
    request 0-12 web
  `), /there shop \(pid 101\) waited for redis SORT; there redis \(pid 103\) was computing/);
});

test('several processes of a server are told of in the plural', () => {
  assert.match(verdict(`
    web     |rnnnrnnnr|
    pg#1:a  |nrrrnnnnn|
    pg#2:b  |nnnnnrrrn|
    call web 1-4 pg: select a -> pg#1:a 1-4
    call web 5-8 pg: select a -> pg#2:b 5-8
    request 0-9 web
  `), /there 2 processes of pg were computing \(on CPU\)/);
});

test('the network: connecting, packets that were lost, the way', () => {
  assert.match(verdict('web |rnnnnnnrrr|\nweb@1: connect() 10.0.0.2:5432\ncall web 8-9 pg: login; connect 7\nrequest 0-10 web'),
    /6 ms \(60 %\) it waited to connect to pg 10\.0\.0\.2:5432: the connection was slow to come about/);
  assert.match(verdict('web |rnnnnnnnnr|\ncall web 1-9 shop: GET /a; retransmit 7, rtt 1\nrequest 0-10 web'),
    /7 ms \(70 %\) packets were lost between it and shop GET \/a: 1 packet had to be sent again\.$/);
  assert.match(verdict(`
    web    |rnnnnnnnnr|
    shop:m |nnnnnnnrrn|
    call web 1-9 shop: GET /a -> shop:m 7-9; retransmit 7
    request 0-10 web
  `), /6 ms \(60 %\) packets were lost between it and shop GET \/a: 1 packet had to be sent again\. Its server itself was quick \(2 ms\)\.$/);
});

test('a client that does not read, one that does not send', () => {
  assert.match(verdict('web |rnnnnnnnnr|\nweb@1: write() 10.0.0.7:40000\nrequest 0-10 first 1 web'),
    /8 ms \(80 %\) it could not send on: the client 10\.0\.0\.7:40000 was slow to read the response\.$/);
  assert.match(verdict('web |rnnnnnnnnr|\nweb@1: read() 10.0.0.7:40000\nrequest 0-10 sent 9 web'),
    /8 ms \(80 %\) it waited for the rest of the request: the client 10\.0\.0\.7:40000 was slow to send it\.$/);
  assert.match(verdict('web |rnnnnnnnnr|\nweb@1: write() 10.0.0.7:40000\nrequest 0-10 first 1 web\nretransmit 9'), /packets were lost between it and the client 10\.0\.0\.7:40000/);
});

test('many calls of one kind are counted, others are mentioned', () => {
  assert.equal(verdict(`
    web |rnnnrnnnrnnr|
    call web 1-4 mysql: select item
    call web 5-8 mysql: select item
    call web 9-11 redis: GET
    request 0-12 web
  `), 'GET /report took 12 ms. 8 ms (67 %) it waited for mysql select item (6 ms) and 1 other (3 calls).');
});

test('the other end of a connection, without a call', () => {
  assert.match(verdict('web |rnnnnnr|\nweb@1: 10.0.0.9:51000\nrequest 0-7 web'),
    /it waited for the other end of a connection \(10\.0\.0\.9:51000\); probably .* to receive\.$/);
});

test('no CPU: who ran instead', () => {
  assert.match(verdict('web |rqqqqqrqqr|\nweb@1: backup (pid 812)\nweb@7: cc1 (pid 9)\nrequest 0-10 web'),
    /7 ms \(70 %\) it was ready but got no CPU: backup \(pid 812\) and 1 other ran on its CPUs\.$/);
});

test('no CPU while the CPU was idle is probably a limit', () => {
  const switches = [[0, 1, 0], [2, 9, 0], [12, 13, 7]].map(([off, on, beforePid]) => ({
    pid: 1, tid: 1, offNs: off * MS, onNs: on * MS, wokenNs: 0, runDelayNs: 0, state: 0, call: NO_CALL, descriptor: 0, address: '', wakerPid: 0, wakerTid: 0,
    beforePid, beforeTid: 0, beforeName: '',
  }));
  const threads = timelines({ switches, fromNs: 0, toNs: 20 * MS, surroundings: { threadName: () => 'web', descriptor: () => ({ kind: 'other', name: '' }) } });
  const input = { threads, requestStartNs: 1 * MS, requestEndNs: 10 * MS, requestTid: 1, responseTid: 1, calls: [], otherRequests: [] };
  const path = criticalPath(input);
  assert.match(verdictOf({ label: 'GET /', input, path, ledger: ledgerOf(path, 9 * MS) }).verdict, /got no CPU; nobody else was seen on its CPUs, so probably a CPU limit/);
});

test('disk, memory, sleep, other calls', () => {
  assert.match(verdict('web |rffffffr|\nweb@1: /var/lib/journal\nrequest 0-8 web'), /6 ms \(75 %\) it waited for the disk: \/var\/lib\/journal\.$/);
  assert.match(verdict('web |rfffrfffr|\nweb@1: /a\nweb@5: /b\nrequest 0-9 web'), /the disk: \/a and 1 other file\.$/);
  assert.match(verdict('web |rFFFFFFr|\nrequest 0-8 web'), /it waited for memory: page faults had to be served before it could go on; probably/);
  const limited = { throttled: null, throttledNs: null, majorFaults: 900, memoryLimited: 31, memoryLimitBytes: 64 << 20 };
  assert.match(verdict('web |rFFFFFFr|\nrequest 0-8 web', { pressure: limited }), /900 major faults of its process meanwhile; its cgroup was at its memory limit of 64 MiB \(31 times meanwhile\)/);
  assert.match(verdict('web |rssssssr|\nrequest 0-8 web'), /it slept: thread web \(1\) waited for a timer that it had set itself\.$/);
  assert.match(verdict('web |roooooor|\nweb@1: wait4\nrequest 0-8 web'), /it was blocked in system calls \(wait4\)\.$/);
  assert.match(verdict('web |riiiiiir|\nrequest 0-8 web'), /thread web \(1\) had nothing to do for it: probably/);
});

test('an event loop that was busy with another request', () => {
  assert.match(verdict(`
    loop |riirrrrrrrir|
    call loop 1-11 mysql: select
    other loop 3-10 GET /export
    request 0-12 loop
  `), /7 ms \(58 %\) its thread loop \(1\) was busy with another request: GET \/export\.$/);
});

test('a request that lay unread', () => {
  assert.equal(verdict('loop |rrrrrrrrrrr|\nother loop 0-9 GET /export\nrequest 1-11 read 9 loop', { usual: usually(2) }),
    'GET /report took 10 ms, usually 2 ms. 8 ms (80 %) passed before the application read the request: its thread loop (1) was busy with GET /export.');
  assert.match(verdict('loop |qqqqqqqqqrr|\nrequest 1-11 read 9 loop'), /before the application read the request: its thread was waiting for a CPU until then\.$/);
  assert.match(verdict('loop |qqqqqqqqqrr|\nloop@0: noisy (pid 7)\nrequest 1-11 read 9 loop'), /: its thread got no CPU until then, noisy \(pid 7\) ran instead\.$/);
});

test('several causes, none that stands out, none known', () => {
  assert.equal(verdict('web |rrrrfffnnn|\nrequest 0-10 web'),
    'GET /report took 10 ms. No single cause: 40 % on CPU (4 ms), 30 % waiting for the disk (3 ms), 30 % waiting for other services (3 ms).');
  assert.match(verdict('web |rrffnnssFF|\nrequest 0-10 web'), /Nothing stands out: 20 % on CPU \(2 ms\), 20 % .*, 20 % [^,]*\.$/);
  assert.match(verdict('web |rr|\nrequest 0-10 nobody'), /10 ms \(100 %\) cannot be explained by what was recorded: thread 99 was not recorded\.$/);
});

test('a request that took as long as ever is not called slow', () => {
  assert.match(verdict('web |rrrr|\nrequest 0-4 web', { usual: usually(4) }), /^GET \/report took 4 ms, which is usual for it \(4 ms\)\./);
});

test('what a traced program sent stays one short line', () => {
  const text = verdict('web |rrrr|\nrequest 0-4 web', { label: `GET /a\n{time}[x]\u202e${'y'.repeat(500)}` });
  assert.match(text, /^GET \/a \{time\}\[x\] y+\.\.\. took 4 ms\./);
});
