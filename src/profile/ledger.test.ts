import assert from 'node:assert/strict';
import test from 'node:test';
import { ledgerOf } from './ledger.js';
import type { LedgerKind, PathSegment } from './profile.js';

const segment = (startNs: number, endNs: number, kind: LedgerKind, object = ''): PathSegment => ({ startNs, endNs, kind, tid: 1, object, call: null });

test('segments of one kind and object are one line, the largest line is first', () => {
  const ledger = ledgerOf([segment(0, 10, 'cpu'), segment(10, 70, 'lock', '0x1'), segment(70, 80, 'cpu'), segment(80, 100, 'lock', '0x2')], 100);
  assert.deepEqual(ledger.map(({ kind, object, ns, share }) => `${kind} ${object} ${ns} ${share}`), ['lock 0x1 60 0.6', 'cpu  20 0.2', 'lock 0x2 20 0.2']);
});

test('what the path leaves out is a line of its own', () => {
  assert.deepEqual(ledgerOf([segment(0, 30, 'cpu'), segment(30, 40, 'unexplained', 'thread 7')], 100).map(({ kind, object, ns }) => `${kind} ${object} ${ns}`), [
    'unexplained  60', 'cpu  30', 'unexplained thread 7 10',
  ]);
});

test('a path that is longer than the duration is cut to it', () => {
  assert.deepEqual(ledgerOf([segment(0, 80, 'cpu'), segment(80, 200, 'file', '/a')], 100).map(({ kind, ns }) => `${kind} ${ns}`), ['cpu 80', 'file 20']);
});

test('without a duration there is no ledger', () => {
  for (const durationNs of [0, -1, NaN, Infinity]) assert.deepEqual(ledgerOf([segment(0, 10, 'cpu')], durationNs), []);
});
