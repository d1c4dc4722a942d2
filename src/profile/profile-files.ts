/**
 * Stored profiles: one compressed file each, in a folder of the store's, bounded in number and bytes (oldest go first).
 * Written and read asynchronously; a file that cannot be read is said to be gone.
 */
import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { Profile } from './profile.js';

const pack = promisify(gzip);
const unpack = promisify(gunzip);
const SUFFIX = '.json.gz';
/** Request ids: nothing else becomes part of a path. */
const ID = /^[0-9a-f]{16}$/;

export interface ProfileLimits { files: number; bytes: number }
export const DEFAULT_PROFILE_LIMITS: ProfileLimits = { files: 5_000, bytes: 500e6 };

export class ProfileFiles {
  /** Id → bytes, oldest first. */
  #sizes = new Map<string, number>();
  #bytes = 0;
  /** Profiles that could not be written. */
  failed = 0;

  constructor(private readonly directory: string, private readonly limits = DEFAULT_PROFILE_LIMITS) {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const found = readdirSync(directory).filter((name) => name.endsWith(SUFFIX))
      .map((name) => ({ id: name.slice(0, -SUFFIX.length), stat: statSync(join(directory, name)) }))
      .sort((a, b) => a.stat.mtimeMs - b.stat.mtimeMs);
    for (const { id, stat } of found) this.#remember(id, stat.size);
  }

  get count(): number {
    return this.#sizes.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  async put(profile: Profile): Promise<void> {
    const path = this.#path(profile.requestId);
    if (path === null) return;
    try {
      const packed = await pack(JSON.stringify(profile));
      await writeFile(`${path}.new`, packed, { mode: 0o600 });
      await rename(`${path}.new`, path);
      this.#remember(profile.requestId, packed.length);
      await this.#makeRoom();
    } catch {
      this.failed++; // a full disk: the request itself is in the store
    }
  }

  /** Null when there is none (any more). */
  async get(id: string): Promise<Profile | null> {
    const path = this.#path(id);
    if (path === null || !this.#sizes.has(id)) return null;
    try {
      return JSON.parse((await unpack(await readFile(path))).toString('utf8')) as Profile;
    } catch {
      return null;
    }
  }

  /** Newest first. */
  async newest(limit: number): Promise<Profile[]> {
    const ids = [...this.#sizes.keys()].slice(-limit).reverse();
    const profiles = await Promise.all(ids.map((id) => this.get(id)));
    return profiles.filter((profile) => profile !== null);
  }

  #path(id: string): string | null {
    return ID.test(id) ? join(this.directory, id + SUFFIX) : null;
  }

  #remember(id: string, bytes: number): void {
    this.#bytes += bytes - (this.#sizes.get(id) ?? 0);
    this.#sizes.delete(id);
    this.#sizes.set(id, bytes);
  }

  async #makeRoom(): Promise<void> {
    for (const [id, bytes] of this.#sizes) {
      if (this.#sizes.size <= this.limits.files && this.#bytes <= this.limits.bytes) return;
      this.#sizes.delete(id);
      this.#bytes -= bytes;
      await rm(join(this.directory, id + SUFFIX), { force: true });
    }
  }
}
