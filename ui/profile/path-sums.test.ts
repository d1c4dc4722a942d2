import assert from 'node:assert/strict';
import test from 'node:test';
import type { LedgerKind, PathSegment } from '../../src/server/api.js';
import { pathSums } from './path-sums.js';

const piece = (tid: number, kind: LedgerKind, startNs: number, endNs: number, object = '', inside?: PathSegment[]): PathSegment => ({ tid, kind, startNs, endNs, object, call: null, ...(inside ? { inside } : {}) });
const PATH = [
  piece(1, 'peer', 0, 40, 'shop', [piece(7, 'cpu', 0, 10), piece(7, 'peer', 10, 40, 'postgres', [piece(9, 'lock', 12, 38, 'row')])]),
  piece(1, 'run_queue', 40, 44, 'backup (5)'), piece(1, 'run_queue', 44, 46, 'gzip (6)'),
  piece(1, 'peer', 46, 90, 'shop', [piece(7, 'peer', 46, 90, 'postgres')]), piece(1, 'cpu', 90, 91),
];

test('a wait that others interrupted is one line, with what its peer did below it, and that one\'s peer below that', () => {
  const rows = pathSums(PATH, 2).map(({ depth, tid, kind, object, others, ns, count }) => `${'  '.repeat(depth)}${tid} ${kind} ${object}${others > 0 ? ` +${others}` : ''} ${ns} in ${count}`);
  assert.deepEqual(rows, ['1 peer shop 84 in 2', '  7 peer postgres 74 in 2', '    9 lock row 26 in 1', '  7 cpu  10 in 1', '1 run_queue backup (5) +1 6 in 2']);
});

test('the longest piece is where to look', () => {
  assert.equal(pathSums(PATH, 2)[0].longest.startNs, 46);
  assert.deepEqual(pathSums([], 0), []);
});
