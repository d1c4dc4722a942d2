import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reasonsOf } from './hook-reasons.js';

test('a reason that several programs have is said once', () => {
  assert.deepEqual(reasonsOf([{ name: 'a', reason: 'no' }, { name: 'b', reason: 'not yet' }, { name: 'c', reason: 'no' }]),
    [{ names: 'a, c', reason: 'no' }, { names: 'b', reason: 'not yet' }]);
});
