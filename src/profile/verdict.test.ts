import assert from 'node:assert/strict';
import test from 'node:test';
import { criticalPath } from './critical-path.js';
import { ledgerOf } from './ledger.js';
import { drawn, MS } from './testing/timeline-text.js';
import { timelines } from './thread-slices.js';
import { NO_CALL } from './system-calls.js';
import type { VerdictInput } from './verdict.js';
import { verdictOf } from './verdict.js';

function verdict(drawing: string, more: Partial<VerdictInput> = {}): string {
  const input = drawn(drawing);
  const path = criticalPath(input);
  return verdictOf({ label: 'GET /report', input, path, ledger: ledgerOf(path, input.requestEndNs - input.requestStartNs), ...more }).verdict;
}

test('computing', () => {
  assert.equal(verdict('web |rrrrrrrrrf|\nrequest 0-10 web', { usualNs: 2 * MS, hotFunction: 'Report.render' }),
    'GET /report took 10 ms, usually 2 ms. 9 ms (90 %) it was computing: thread web (1) was on CPU, mostly in Report.render.');
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
  `, { usualNs: 1 * MS }),
  'GET /report took 10 ms, usually 1 ms. 8 ms (80 %) it waited for lock 0x7f10, held by thread bg (2), which was serving GET /export; bg (2) spent that time on CPU.');
});

test('a lock whose holder waited for a peer, and one whose holder was not recorded', () => {
  assert.match(verdict(`
    web |rLLLLLLLLr|
    bg  |rnnnnnnnri|
    web@1: 0x7f10 by bg
    call bg 1-8 mysql: update stock
    request 0-10 web
  `), /held by thread bg \(2\); bg \(2\) spent that time waiting for mysql update stock\.$/);
  assert.match(verdict('web |rLLLLLLLLr|\nweb@1: 0x7f10 by gone\nrequest 0-10 web'), /lock 0x7f10, probably held by thread gone \(99\)\.$/);
});

const SLOW_SQL = `
  web |rnnnnnnnnr|
  call web 1-9 mysql: select orders *
  request 0-10 web
`;

test('a peer: which call, whose fault', () => {
  assert.equal(verdict(SLOW_SQL), 'GET /report took 10 ms. 8 ms (80 %) it waited for mysql select orders *.');
  const of = (ns: number): ReadonlyMap<string, number> => new Map([['mysql-0', ns * MS]]);
  assert.match(verdict(SLOW_SQL, { serverNs: of(7.8) }), /\*; 7\.8 ms passed in that server itself, so the network is not to blame\.$/);
  assert.match(verdict(SLOW_SQL, { serverNs: of(4) }), /\*; 4 ms of that were spent in that server itself, the rest on the way\.$/);
  assert.match(verdict(SLOW_SQL, { serverNs: of(0.3), network: { rttNs: 0.2 * MS, retransmits: 3 } }),
    /\*; 0\.3 ms passed .* probably the network or a queue before it is to blame\. The network lost packets: round trip 0\.2 ms, 3 retransmits\.$/);
});

test('many calls of one kind are counted, others are mentioned', () => {
  assert.equal(verdict(`
    web |rnnnrnnnrnnr|
    call web 1-4 mysql: select item
    call web 5-8 mysql: select item
    call web 9-11 redis: GET
    request 0-12 web
  `), 'GET /report took 12 ms. 8 ms (67 %) it waited for mysql select item (6 ms) and 1 other (2 calls).');
});

test('the other end of a connection, without a call', () => {
  assert.match(verdict('web |rnnnnnr|\nweb@1: 10.0.0.9:51000\nrequest 0-7 web', { network: { rttNs: null, retransmits: 0 } }),
    /it waited for the other end of a connection \(10\.0\.0\.9:51000\); probably .*\. The network lost nothing \(no retransmits\)\.$/);
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
  assert.equal(verdict('loop |rrrrrrrrrrr|\nother loop 0-9 GET /export\nrequest 1-11 read 9 loop', { usualNs: 2 * MS }),
    'GET /report took 10 ms, usually 2 ms. 8 ms (80 %) passed before the application read the request: its thread loop (1) was busy with GET /export.');
  assert.match(verdict('loop |qqqqqqqqqrr|\nrequest 1-11 read 9 loop'), /before the application read the request: its thread was waiting for a CPU until then\.$/);
});

test('several causes, none that stands out, none known', () => {
  assert.equal(verdict('web |rrrrfffnnn|\nrequest 0-10 web'),
    'GET /report took 10 ms. No single cause: 40 % on CPU (4 ms), 30 % waiting for the disk (3 ms), 30 % waiting for other services (3 ms).');
  assert.match(verdict('web |rrffnnssFF|\nrequest 0-10 web'), /Nothing stands out: 20 % on CPU \(2 ms\), 20 % .*, 20 % [^,]*\.$/);
  assert.match(verdict('web |rr|\nrequest 0-10 nobody'), /10 ms \(100 %\) cannot be explained by what was recorded: thread 99 was not recorded\.$/);
});

test('a request that took as long as ever is not called slow', () => {
  assert.match(verdict('web |rrrr|\nrequest 0-4 web', { usualNs: 4 * MS }), /^GET \/report took 4 ms, which is usual for it \(4 ms\)\./);
});

test('what a traced program sent stays one short line', () => {
  const text = verdict('web |rrrr|\nrequest 0-4 web', { label: `GET /a\n{time}[x]\u202e${'y'.repeat(500)}` });
  assert.match(text, /^GET \/a \{time\}\[x\] y+\.\.\. took 4 ms\./);
});
