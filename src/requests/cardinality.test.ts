import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BoundedCache } from './bounded-cache.js';
import { EndpointGuard, OTHER } from './cardinality.js';
import { RecordIds } from './record-id.js';

const LIMITS = { valuesPerSegment: 3, domainsPerService: 2, endpointsPerService: 5 };

test('the values of one place of a path become a star beyond the limit, those seen first stay', () => {
  const guard = new EndpointGuard(LIMITS);
  assert.deepEqual(['/u/ann', '/u/bob', '/u/cyd', '/u/dan', '/u/ann', '/u/eve'].map((path) => guard.path(path)), ['/u/ann', '/u/bob', '/u/cyd', '/u/*', '/u/ann', '/u/*']);
});

test('endpoints and domains beyond the limit are ~other', () => {
  const guard = new EndpointGuard(LIMITS);
  assert.deepEqual(['a', 'b', 'c', 'a'].map((name) => guard.domain(name)), ['a', 'b', OTHER, 'a']);
  for (let i = 0; i < 1000; i++) guard.endpoint(`select t${i} *`);
  assert.equal(guard.endpoint('select t0 *'), 'select t0 *');
  assert.equal(guard.endpoint('select t999 *'), OTHER);
});

test('however many paths come, only few endpoints leave', () => {
  const guard = new EndpointGuard(LIMITS);
  const seen = new Set<string>();
  for (let i = 0; i < 20_000; i++) seen.add(guard.path(`/${'abcdefgh'[i % 8]}/${String.fromCharCode(97 + (i % 23))}x/${i}`));
  assert.ok(seen.size <= LIMITS.endpointsPerService + 1);
});

test('a cache stays within its bound and keeps what is asked for', () => {
  const cache = new BoundedCache<number, number>(10);
  for (let i = 0; i < 1000; i++) {
    cache.set(i, i);
    assert.equal(cache.get(0) ?? 0, 0);
    assert.ok(cache.size <= 20);
  }
  assert.equal(cache.get(0), 0);
  assert.equal(cache.get(500), undefined);
});

test('ids are 16 hex digits and differ', () => {
  const ids = new RecordIds(1_763_871_764);
  const seen = new Set(Array.from({ length: 10_000 }, () => ids.next()));
  assert.equal(seen.size, 10_000);
  for (const id of seen) assert.match(id, /^[0-9a-f]{16}$/);
});
