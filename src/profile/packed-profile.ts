/**
 * A profile as it is passed on and stored: compressed JSON, and its row. Some 20 times smaller than the objects are in memory,
 * and handed from thread to thread without a copy. Packed where it was made; unpacked only for who asks for it.
 */
import { promisify } from 'node:util';
import { gunzip, gzipSync } from 'node:zlib';
import { rowOf, type ProfileRow } from './profile-summary.js';
import type { Profile } from './profile.js';

const unpack = promisify(gunzip);
/** A profile is some 100 kB; no blob becomes more than this in memory, whoever wrote it. */
const MAX_UNPACKED_BYTES = 512e6;

export interface PackedProfile {
  row: ProfileRow;
  /** In an ArrayBuffer of its own, which can be transferred. */
  packed: Uint8Array;
}

/** At once: one after the other keeps their order, and only one is in memory in all its forms. */
export function packProfile(profile: Profile): PackedProfile {
  return { row: rowOf(profile), packed: new Uint8Array(gzipSync(JSON.stringify(profile))) };
}

/** What is in a blob; null when it is none. */
export async function unpackJson<T>(packed: Uint8Array): Promise<T | null> {
  try {
    return JSON.parse((await unpack(packed, { maxOutputLength: MAX_UNPACKED_BYTES })).toString('utf8')) as T;
  } catch {
    return null;
  }
}
