import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { clusterUrl } from './cluster-url.js';

test('alphabet keeps words and replaces every other segment by a star', () => {
  const cases: Array<[string, string]> = [
    ['/orders/17?x=1', '/orders/*'], ['/', '/'], ['', ''], ['/a-b/c_d/', '/a-b/c_d/'], ['/v1/users', '/*/users'],
    ['/index.html', '/*'], ['/' + 'a'.repeat(25), '/' + 'a'.repeat(25)], ['/' + 'a'.repeat(26), '/*'],
    ['http://shop.example/cart/1', '/cart/*'], ['http://shop.example', '/'], ['/a#b', '/a'], ['*', '*'],
    ['/caf%C3%A9', '/*'], ['/login?next=http://x/y', '/login'],
  ];
  for (const [target, endpoint] of cases) assert.equal(clusterUrl(target, 'alphabet'), endpoint, target);
});

test('noparam only cuts the query and blank keeps nothing', () => {
  assert.equal(clusterUrl('/orders/17?x=1', 'noparam'), '/orders/17');
  assert.equal(clusterUrl('/orders/17?x=1', 'blank'), '*');
});

test('any target gives a short endpoint without digits or queries', () => {
  fc.assert(fc.property(fc.string({ maxLength: 2000 }), (target) => {
    const endpoint = clusterUrl('/' + target, 'alphabet');
    assert.match(endpoint, /^[A-Za-z_\-*/]*$/);
    assert.ok(endpoint.length <= 16 * 26 + 2);
  }));
});
