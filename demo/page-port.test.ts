import assert from 'node:assert/strict';
import { createServer, type AddressInfo } from 'node:net';
import { test } from 'node:test';
import { choosePagePort } from './page-port.js';

test('a wanted port that is in use is an error that says what to do', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => other.once('listening', resolve));
  const { port } = other.address() as AddressInfo;
  await assert.rejects(choosePagePort(port), new RegExp(`port ${port} is in use by another program. Choose another with --port N`));
  other.close();
});

test('without a wish a free port is found, and named when it is not the usual one', async () => {
  const { port, note } = await choosePagePort(null);
  assert.equal(port === 9500, note === null);
});
