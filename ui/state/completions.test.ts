import assert from 'node:assert/strict';
import test from 'node:test';
import type { FieldInfo } from '../../src/server/api.js';
import { completions, wordAt } from './completions.js';

const fields: FieldInfo[] = [
  { name: 'service', label: 'Service', kind: 'text', help: 'Service.', filter: true },
  { name: 'status', label: 'Status', kind: 'text', help: 'Status.', filter: true },
  { name: 'error', label: 'Error', kind: 'text', help: 'Error.', filter: true, values: ['yes', 'no'] },
  { name: 'start', label: 'Time', kind: 'time', help: 'Time.', filter: false },
];
const seen = (field: string): string[] => (field === 'service' ? ['cart', 'my shop'] : []);

test('the word at the caret ignores spaces in quotes', () => {
  assert.deepEqual(wordAt('a:b endpoint:"x y', 17), { start: 4, word: 'endpoint:"x y' });
  assert.deepEqual(wordAt('a:b ser', 7), { start: 4, word: 'ser' });
});

test('a started word offers the fields that can be filtered', () => {
  assert.deepEqual(completions('s', fields, seen).map((c) => c.label), ['service:', 'status:']);
});

test('a field offers its fixed values and those seen, quoted where needed', () => {
  assert.deepEqual(completions('error:', fields, seen).map((c) => c.insert), ['error:yes ', 'error:no ']);
  assert.deepEqual(completions('service:sh', fields, seen).map((c) => c.insert), ['service:"my shop" ']);
  assert.deepEqual(completions('-error:y', fields, seen).map((c) => c.insert), ['-error:yes ']);
});
