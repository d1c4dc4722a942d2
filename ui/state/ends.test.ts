import assert from 'node:assert/strict';
import test from 'node:test';
import { endsOf, filterWithEnds } from './ends.js';

const of = (query: string): URLSearchParams => new URLSearchParams(query);

test('without a choice each exchange is shown once', () => {
  assert.equal(filterWithEnds(of('filter=service:shop')), 'service:shop seen:once');
  assert.equal(filterWithEnds(of('')), 'seen:once');
});

test('the choice of the address narrows to one end, or shows both', () => {
  assert.equal(filterWithEnds(of('ends=client')), 'role:client');
  assert.equal(filterWithEnds(of('ends=both&filter=error:yes')), 'error:yes');
  assert.equal(filterWithEnds(of('ends=__proto__')), 'seen:once');
});

test('a filter that names an end is left as it is', () => {
  assert.equal(endsOf(of('filter=role:client')), null);
  assert.equal(filterWithEnds(of('filter=role:client&ends=server')), 'role:client');
});
