import assert from 'node:assert/strict';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { makePrivateDirectory } from './private-directory.js';

const root = mkdtempSync(join(tmpdir(), 'kindling-private-'));
after(() => rmSync(root, { recursive: true }));
const mode = (path: string): number => statSync(path).mode & 0o777;

test('what it makes is for the agent alone', () => {
  const path = join(root, 'deep/store');
  makePrivateDirectory(path);
  assert.deepEqual([mode(path), mode(join(path, 'data')), mode(join(path, 'spool')), mode(join(path, 'incoming'))], [0o700, 0o700, 0o700, 0o700]);
});

test('a folder that others may look into stays as it is, what is in it does not', () => {
  const path = join(root, 'disk');
  mkdirSync(path);
  chmodSync(path, 0o755);
  mkdirSync(join(path, 'data'));
  chmodSync(join(path, 'data'), 0o755);
  makePrivateDirectory(path);
  assert.deepEqual([mode(path), mode(join(path, 'data'))], [0o755, 0o700]);
});

test('a folder into which others may write is refused', () => {
  const path = join(root, 'shared');
  mkdirSync(path);
  chmodSync(path, 0o1777);
  assert.throws(() => makePrivateDirectory(path), { code: 'store_unwritable', message: /other users may write/ });
});

test('a folder of another user is refused', { skip: process.getuid?.() !== 0 && 'needs root' }, () => {
  const path = join(root, 'foreign');
  mkdirSync(path);
  chownSync(path, 65534, 65534);
  assert.throws(() => makePrivateDirectory(path), { code: 'store_unwritable', message: /belongs to another user \(id 65534; the agent runs as 0\)/ });
});
