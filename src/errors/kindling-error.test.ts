import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ERRORS, EXIT_MEANINGS, KindlingError, restoreError, toKindlingError } from './index.js';

test('codes are unique and well formed', () => {
  const codes = Object.values(ERRORS).map((entry) => entry.code);
  assert.equal(new Set(codes).size, codes.length);
  for (const code of codes) assert.match(code, /^KND-\d{3}$/);
});

test('every entry says what to do and ends with a documented exit code', () => {
  const documented = new Set<number>(EXIT_MEANINGS.map((row) => row.code));
  for (const entry of Object.values(ERRORS)) {
    assert.ok(entry.hint.length > 15, entry.code);
    assert.ok(documented.has(entry.exit), entry.code);
  }
});

test('message and hint are filled from the parameters', () => {
  const error = new KindlingError('PROCESS_NOT_FOUND', { pid: 42 });
  assert.equal(error.message, 'there is no process 42');
  assert.match(error.hint, /ps -p 42/);
  assert.equal(error.exitCode, 4);
});

test('a parameter that contains braces is not filled again', () => {
  const error = new KindlingError('COMMAND_LINE', { detail: 'odd {command} text', command: '' });
  assert.equal(error.message, 'odd {command} text');
});

test('an error survives the way through another thread', () => {
  const error = new KindlingError('BTF_MISSING', { path: '/sys/kernel/btf/vmlinux' });
  const again = restoreError(JSON.parse(JSON.stringify(error)));
  assert.ok(again instanceof KindlingError);
  assert.deepEqual([again.code, again.message, again.hint, again.exitCode], [error.code, error.message, error.hint, error.exitCode]);
});

test('anything else that is thrown becomes an internal error with its cause', () => {
  const cause = new TypeError('x is not a function');
  const error = toKindlingError(cause);
  assert.equal(error.code, 'KND-001');
  assert.equal(error.cause, cause);
});
