import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { sampleProfile } from '../export/testing/sample-profile.js';
import { packProfile, unpackJson } from '../profile/packed-profile.js';
import { DEFAULT_PROFILE_LIMITS } from '../profile/profile-limits.js';
import type { Profile } from '../profile/profile.js';
import { NAMES_TO_COME } from '../profile/stacks.js';
import { Profiles } from './profiles.js';

const idOf = (n: number): string => n.toString(16).padStart(16, '0');

function profile(n: number, pending: boolean): Profile {
  const made = sampleProfile();
  const stacks = pending ? [...made.stacks.stacks, { frames: [], truncated: NAMES_TO_COME }] : made.stacks.stacks;
  return { ...made, requestId: idOf(n), stacks: { ...made.stacks, stacks, pending } };
}

class Kept {
  nowMs = 0;
  readonly profiles: Profiles;

  constructor(directory: string | null = null) {
    this.profiles = new Profiles(directory, DEFAULT_PROFILE_LIMITS, () => this.nowMs);
  }

  put(n: number, pending: boolean): void {
    this.profiles.put(packProfile(profile(n, pending)));
  }

  /** Whether list and profile say that names are to come; what it says it lacks. */
  async shown(n: number): Promise<{ listed: boolean; pending: boolean; missing: string }> {
    const listed = (await this.profiles.list(100)).find(({ id }) => id === idOf(n))!.pending;
    const { stacks, missing } = (await this.profiles.get(idOf(n)))!;
    assert.equal(stacks.stacks.some(({ truncated }) => truncated === NAMES_TO_COME), stacks.pending, 'the stacks say the same');
    const packed = await this.profiles.packed(idOf(n));
    if (packed !== null) assert.equal((await unpackJson<Profile>(packed))!.stacks.pending, stacks.pending, 'what goes out as it is kept says the same');
    return { listed, pending: stacks.pending, missing: missing.at(-1) ?? '' };
  }
}

test('a profile is pending until the rest of its names is there', async () => {
  const kept = new Kept();
  kept.put(1, true);
  assert.deepEqual([(await kept.shown(1)).listed, (await kept.shown(1)).pending, kept.profiles.pending], [true, true, 1]);
  kept.put(1, false);
  assert.deepEqual([(await kept.shown(1)).listed, (await kept.shown(1)).pending, kept.profiles.pending], [false, false, 0]);
});

test('names that do not come within minutes are not waited for: the profile says so', async () => {
  const kept = new Kept();
  kept.put(1, true);
  kept.nowMs = 60_000;
  kept.put(2, true);
  assert.equal((await kept.shown(1)).pending, true);
  kept.nowMs = 100_000;
  assert.deepEqual(await kept.shown(1), { listed: false, pending: false, missing: 'Some names of its stacks: looking them up took too long.' });
  assert.equal((await kept.shown(2)).pending, true);
  assert.equal(kept.profiles.pending, 1);
});

test('a failure, and the end of profiling, end the waiting at once', async () => {
  const kept = new Kept();
  kept.put(1, true);
  kept.put(2, true);
  kept.profiles.failed(idOf(1), 'Error: no more\n    at somewhere');
  assert.deepEqual(await kept.shown(1), { listed: false, pending: false, missing: 'Some names of its stacks: looking them up failed (Error: no more).' });
  kept.profiles.ended();
  assert.deepEqual(await kept.shown(2), { listed: false, pending: false, missing: 'Some names of its stacks: profiling ended before they were there.' });
});

test('a pending profile of an agent that was killed is not pending in the next one', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kindling-profiles-'));
  try {
    const killed = new Kept(folder);
    killed.put(1, true);
    await killed.profiles.close();
    const { pending, listed, missing } = await new Kept(folder).shown(1);
    assert.deepEqual([pending, listed], [false, false]);
    assert.match(missing, /the agent ended, or could not write/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
