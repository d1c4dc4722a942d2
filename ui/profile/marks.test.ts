import assert from 'node:assert/strict';
import test from 'node:test';
import { markWord, placedWords, type Mark, type MarkKind } from './marks.js';

const mark = (kind: MarkKind, ns: number): Mark => ({ kind, ns, tid: 1, text: '', line: kind === 'log' ? 0 : -1 });
const placed = (marks: Mark[]) => placedWords(marks, { fromNs: 0, toNs: 1_000 }, 1_000, (word) => word.length * 6).map(({ mark: one }) => one.kind);

test('where words would lie on each other the more important one stays', () => {
  assert.deepEqual(placed([mark('start', 100), mark('read', 110), mark('throttled', 500), mark('gc', 505), mark('end', 900)]), ['start', 'end', 'throttled']);
  assert.deepEqual(placed([mark('gc', 300), mark('retransmit', 600)]), ['retransmit', 'gc']);
});

test('log lines have no words, and what is not on screen has none', () => {
  assert.deepEqual(placed([mark('log', 300), mark('gc', 2_000), mark('gc', 999)]), []);
});

test('a kind of a newer agent is called by its own name', () => {
  assert.equal(markWord('volcano' as MarkKind), 'volcano');
});
