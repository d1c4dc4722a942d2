import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Profile } from '../../src/profile/profile.js';
import { noStacks } from '../../src/profile/stacks.js';
import type { Truth } from './cause.js';
import { judge, longestAtPeer } from './judge.js';

const truth: Truth = { kinds: ['lock'], says: ['lock', '{holder}'] };
const facts = { reader: 11, executor: 11, holder: 12 };

function profile(changes: Partial<Profile>): Profile {
  return {
    requestId: '1', service: 's', endpoint: '/a', operation: 'GET', protocol: 'http', status: '200', error: 'none', pid: 10, reason: 'slow', start: '0', windowNs: 100,
    requestStartNs: 0, requestEndNs: 100, requestReadNs: 0, threads: [{ pid: 10, tid: 11, name: 't', executed: true, onPath: true, slices: [] }], stacks: noStacks(),
    logs: [], operations: [], moments: [], calls: [], path: [], ledger: [{ kind: 'lock', object: '', ns: 90, share: 0.9 }, { kind: 'unexplained', object: '', ns: 10, share: 0.1 }],
    verdict: 'It waited for lock 0x1, held by thread worker (12).', cause: { name: 'lock', kind: 'lock', object: '', share: 0.9 }, lookAt: [], usual: null,
    pressure: { throttled: null, throttledNs: null, majorFaults: null }, missing: [], ...changes,
  };
}

test('a verdict of the right kind that names the object is right, and the remainder is the unexplained share', () => {
  const { profile: judged, ...judgement } = judge(profile({}), truth, facts);
  assert.deepEqual(judgement, { right: true, threadRight: true, remainder: 0.1, problems: [], verdict: judged!.verdict });
});

test('a wrong kind, a missing holder, a number that only contains the holder\'s are wrong', () => {
  assert.equal(judge(profile({ cause: { name: 'cpu', kind: 'cpu', object: '', share: 1 } }), truth, facts).right, false);
  assert.equal(judge(profile({ verdict: 'It waited for a lock.' }), truth, facts).right, false);
  assert.equal(judge(profile({ verdict: 'It waited for a lock of thread 1200.' }), truth, facts).right, false);
  assert.equal(judge(profile({}), truth, { reader: 11, executor: 11 }).right, false, 'the program did not say who held it');
});

test('a marked thread that had no part in it, or an unmarked one that had, is wrong', () => {
  assert.equal(judge(profile({}), truth, { ...facts, executor: 13 }).threadRight, false);
  assert.equal(judge(profile({}), truth, { ...facts, reader: 13, executor: 13 }).threadRight, false);
});

test('what the peer did is held against its own ledger', () => {
  const row: Truth = { kinds: ['peer'], says: [], inside: ['lock'] };
  const peer = (kind: 'lock' | 'cpu') => profile({
    cause: { name: 'peer', kind: 'peer', object: '', share: 1 }, ledger: [{ kind: 'peer', object: 'postgres', ns: 100, share: 1, inside: [{ kind, object: '', ns: 90, share: 0.9 }] }],
  });
  assert.equal(judge(peer('lock'), row, facts).right, true);
  assert.equal(judge(peer('cpu'), row, facts).right, false);
  assert.equal(judge(profile({ cause: { name: 'peer', kind: 'peer', object: '', share: 1 } }), row, facts).right, false);
});

test('the peer\'s own request is judged like the one that waited for it', () => {
  const peer = { service: 'db', endpoint: 'update a', kinds: ['lock'], says: ['row lock', '{holder}'] } as const;
  const saying = (verdict: string) => profile({ verdict });
  assert.equal(judge(profile({}), { ...truth, peer }, facts, saying('It waited for a row lock, held by postgres (12).')).right, true);
  assert.match(judge(profile({}), { ...truth, peer }, facts, saying('It had nothing to do.')).problems.join(), /at the peer itself.*had nothing to do/);
  assert.equal(judge(profile({}), { ...truth, peer }, facts, null).right, false);
});

test('which request is the peer\'s own: that of the longest call to a traced one', () => {
  const call = (id: string, endNs: number, server?: string) => ({
    id, service: 'db', protocol: 'postgres', endpoint: 'a', startNs: 0, endNs, tid: 11,
    ...(server ? { server: { id: server, pid: 20, requestTid: 20, responseTid: 20, startNs: 0, endNs } } : {}),
  });
  assert.equal(longestAtPeer(profile({ calls: [call('1', 5, 'short'), call('2', 50, 'long'), call('3', 90)] })), 'long');
  assert.equal(longestAtPeer(profile({ calls: [call('3', 90)] })), '');
});

test('a request without profile counts as wrong, and nothing of it as explained', () => {
  const { right, threadRight, remainder } = judge(null, truth, facts);
  assert.deepEqual({ right, threadRight, remainder }, { right: false, threadRight: false, remainder: 1 });
});
