import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readOptions, UsageError } from './options.js';

test('without options the demo runs until it is stopped, with the agent', () => {
  assert.deepEqual(readOptions([]), { port: null, seconds: null, ratePerSecond: 150, withAgent: true });
});

test('options are read', () => {
  assert.deepEqual(readOptions(['--port', '9600', '--seconds', '5', '--rate', '20', '--no-agent']), { port: 9600, seconds: 5, ratePerSecond: 20, withAgent: false });
  assert.equal(readOptions(['--help']), 'help');
});

test('a wrong option says what is expected', () => {
  assert.throws(() => readOptions(['--port', '70000']), (error) => error instanceof UsageError && /--port needs a whole number from 1 to 65535, not 70000/.test(error.message));
  assert.throws(() => readOptions(['--seconds']), /--seconds needs a whole number from 1 to 86400, not nothing/);
  assert.throws(() => readOptions(['--colour']), /unknown option --colour/);
});
