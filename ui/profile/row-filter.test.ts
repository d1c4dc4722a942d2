import assert from 'node:assert/strict';
import test from 'node:test';
import type { Slice, ThreadTimeline } from '../../src/server/api.js';
import { readRowFilter, RowMatcher } from './row-filter.js';

const slice = (kind: Slice['kind'], object = '', syscall = ''): Slice => ({ kind, object, syscall, startNs: 0, endNs: 1, wokenBy: null });
const thread = (tid: number, name: string, ...slices: Slice[]): ThreadTimeline => ({ pid: 1, tid, name, executed: false, onPath: false, slices });

const PARTS = { logsByTid: new Map([[2, ['order 7 timed out']]]), callsByTid: new Map([[3, [{ id: 'a', service: 'redis', protocol: 'redis', endpoint: 'GET', startNs: 0, endNs: 1, tid: 3, peer: '127.0.0.1:6379' }]]]) };
const shown = (text: string, kinds: string, one: ThreadTimeline): number[] | null => {
  const answer = new RowMatcher(readRowFilter(text, kinds), PARTS).shown(one);
  return answer && [...answer];
};

const worker = thread(1, 'Pool-3-t-1', slice('running'), slice('file', '/var/log/App.log', 'write'), slice('network', '127.0.0.1:5432'));

test('words are of threads, files, peers and logs; a bare one of any of them', () => {
  assert.deepEqual(shown('thread:pool', '', worker), [1, 1, 1]);
  assert.equal(shown('thread:node', '', worker), null);
  assert.deepEqual(shown('file:app.log', '', worker), [0, 1, 0]);
  assert.deepEqual(shown('peer:5432', '', worker), [0, 0, 1]);
  assert.equal(shown('file:5432', '', worker), null);
  assert.deepEqual(shown('5432', '', worker), [0, 0, 1]);
  assert.deepEqual(shown('POOL', '', worker), [1, 1, 1]);
  assert.equal(shown('log:timed', '', worker), null);
  assert.deepEqual(shown('log:"timed out"', '', thread(2, 'a', slice('idle'))), [1]);
  assert.deepEqual(shown('timed', '', thread(2, 'a', slice('idle'))), [1]);
});

test('kinds narrow to their slices, and threads without any are left out', () => {
  assert.deepEqual(shown('', 'file,running', worker), [1, 1, 0]);
  assert.equal(shown('', 'lock', worker), null);
});

test('a thread is found by whom it called, though no slice says so', () => {
  assert.deepEqual(shown('peer:6379', '', thread(3, 'node', slice('idle'))), [0]);
  assert.deepEqual(shown('redis', '', thread(3, 'node', slice('idle'))), [0]);
  assert.equal(shown('redis', '', worker), null);
});

test('nothing asked shows all; what is half typed or no word of the language does no harm', () => {
  assert.equal(new RowMatcher(readRowFilter('', ''), PARTS).isEmpty, true);
  assert.deepEqual(shown('thread:', '', worker), null);
  assert.deepEqual(shown('"', '', worker), [1, 1, 1]);
  assert.equal(shown('.*[', '', worker), null);
});
