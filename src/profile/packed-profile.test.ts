import assert from 'node:assert/strict';
import test from 'node:test';
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import { largeProfile } from '../export/testing/sample-profile.js';
import { packProfile, unpackJson, type PackedProfile } from './packed-profile.js';
import { rowOf } from './profile-summary.js';
import type { Profile } from './profile.js';

test('a packed profile goes to another thread without a copy, and is the same there', async () => {
  const profile = largeProfile(4_000);
  const made = packProfile(profile);
  assert.ok(made.packed.length < JSON.stringify(profile).length / 3);
  const { port1, port2 } = new MessageChannel();
  port1.postMessage(made, [made.packed.buffer as ArrayBuffer]);
  assert.equal(made.packed.length, 0, 'handed over');
  const { message } = receiveMessageOnPort(port2) as { message: PackedProfile };
  port1.close();
  assert.deepEqual(message.row, rowOf(profile));
  assert.deepEqual(await unpackJson<Profile>(message.packed), JSON.parse(JSON.stringify(profile)));
});

test('what is no packed profile is none', async () => {
  assert.equal(await unpackJson(new Uint8Array(0)), null);
  assert.equal(await unpackJson(packProfile(largeProfile(4_000)).packed.subarray(0, 100)), null);
});
