import assert from 'node:assert/strict';
import test from 'node:test';
import type { LedgerEntry, LedgerKind, SliceKind } from '../../src/server/api.js';
import { cssBackground, LEDGER_LOOKS, ledgerLook, SLICE_LOOKS, sliceLook } from './kinds.js';
import { groupedLedger, namedEntries } from './ledger.js';

test('every kind has a word of its own, and a look that no other has', () => {
  for (const looks of [Object.values(LEDGER_LOOKS), Object.values(SLICE_LOOKS)]) {
    assert.equal(new Set(looks.map((look) => look.word)).size, looks.length);
    assert.equal(new Set(looks.map((look) => `${look.token} ${look.pattern}`)).size, looks.length);
  }
});

test('a kind means the same colour in ledger and timeline', () => {
  assert.equal(LEDGER_LOOKS.cpu, SLICE_LOOKS.running);
  assert.equal(LEDGER_LOOKS.lock, SLICE_LOOKS.lock);
  assert.equal(LEDGER_LOOKS.peer.token, SLICE_LOOKS.network.token);
});

test('waiting for a CPU is hatched, what is unexplained is striped', () => {
  assert.match(cssBackground(LEDGER_LOOKS.run_queue).backgroundImage!, /repeating-linear-gradient/);
  assert.match(cssBackground(LEDGER_LOOKS.unexplained).backgroundImage!, /135deg/);
  assert.equal(cssBackground(LEDGER_LOOKS.cpu).backgroundImage, undefined);
});

test('a kind that this page does not know keeps its name', () => {
  assert.equal(ledgerLook('gravity' as LedgerKind).word, 'gravity');
  assert.equal(sliceLook('gravity' as SliceKind).word, 'gravity');
});

test('of a long ledger the smaller entries are one sum; the unexplained part keeps its name', () => {
  const entry = (kind: LedgerKind, ns: number): LedgerEntry => ({ kind, object: String(ns), ns, share: ns / 1_000 });
  const ledger = [...Array.from({ length: 11 }, (_, i) => entry('lock', 80 - i)), entry('unexplained', 10), entry('cpu', 5)];
  const { named, rest } = namedEntries(ledger);
  assert.equal(named.length, 9);
  assert.equal(named.at(-1)!.kind, 'unexplained');
  assert.equal(rest!.count, 4);
  assert.ok(Math.abs([...named, rest!].reduce((sum, one) => sum + one.ns, 0) - ledger.reduce((sum, one) => sum + one.ns, 0)) < 1e-9);
  assert.equal(namedEntries(ledger.slice(0, 9)).rest, null);
});

test('who ran instead is one part of the ledger, whoever it was; peers and locks stay apart', () => {
  const entry = (kind: LedgerEntry['kind'], object: string, ns: number): LedgerEntry => ({ kind, object, ns, share: ns / 100 });
  const groups = groupedLedger([entry('peer', 'a', 30), entry('run_queue', 'backup (7)', 25), entry('run_queue', 'gzip (9)', 15), entry('peer', 'b', 20), entry('cpu', '', 10)]);
  assert.deepEqual(groups.map(({ kind, object, ns, parts }) => [kind, object, ns, parts?.length ?? 0]), [['run_queue', 'backup (7)', 40, 2], ['peer', 'a', 30, 0], ['peer', 'b', 20, 0], ['cpu', '', 10, 0]]);
  assert.equal(groups.reduce((sum, one) => sum + one.ns, 0), 100);
});
