import assert from 'node:assert/strict';
import test from 'node:test';
import { filterWord, joinFilters, setWord, splitFilter } from './filter-words.js';

test('values with spaces or quotes are quoted', () => {
  assert.equal(filterWord('service', 'cart'), 'service:cart');
  assert.equal(filterWord('endpoint', 'select orders *'), 'endpoint:"select orders *"');
  assert.equal(filterWord('endpoint', 'a"b'), 'endpoint:"a\\"b"');
});

test('a filter splits at spaces outside of quotes', () => {
  assert.deepEqual(splitFilter(' service:cart endpoint:"select a \\" b" >100ms '), ['service:cart', 'endpoint:"select a \\" b"', '>100ms']);
});

test('setting a word replaces the same field only', () => {
  assert.equal(setWord('service:cart >100ms', 'service', 'shop'), '>100ms service:shop');
});

test('filters join by a space', () => {
  assert.equal(joinFilters('', 'a:b ', '>1ms'), 'a:b >1ms');
});
