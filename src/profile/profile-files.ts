/**
 * Stored profiles: one compressed blob each, and an index of their rows, so that lists and sums open none. Bounded per
 * endpoint, in number and in bytes. Everything is done in turn; a row is in the index only while its blob is there.
 * After a kill the blobs are the truth: rows without one are dropped, blobs without a row are read once.
 */
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { unpackJson, type PackedProfile } from './packed-profile.js';
import { INDEX, type ProfileBlobs } from './profile-blobs.js';
import { beyondEndpoint, DEFAULT_PROFILE_LIMITS, groupOf, leastWorthy, type Kept, type ProfileLimits } from './profile-limits.js';
import { rowOf, type ProfileRow } from './profile-summary.js';
import type { Profile } from './profile.js';

const pack = promisify(gzip);
/** Profiles that wait to be written: a slow disk costs profiles, not memory. */
const MAX_WAITING = 64;
/** The index is written so long after a change. */
const INDEX_DELAY_MS = 1_000;

type Row = ProfileRow & Kept;

export class ProfileFiles {
  /** Oldest first. */
  readonly #rows = new Map<string, Row>();
  readonly #groups = new Map<string, Row[]>();
  #bytes = 0;
  /** By request: of one that comes again before it is written, only the later. */
  readonly #waiting = new Map<string, PackedProfile>();
  #last: Promise<unknown>;
  #indexTimer: NodeJS.Timeout | null = null;
  /** Profiles that could not be written. */
  unwritten = 0;
  /** Why the last one could not; '' when it could. */
  problem = '';

  constructor(private readonly blobs: ProfileBlobs, private readonly limits: ProfileLimits = DEFAULT_PROFILE_LIMITS) {
    this.#last = this.#reopen().catch(() => undefined);
  }

  get count(): number {
    return this.#rows.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Whether what is kept lacks names that were to come. */
  async isPending(id: string): Promise<boolean> {
    await this.#last;
    return this.#rows.get(id)?.pending ?? false;
  }

  /** When it is written, or counted as unwritten. An earlier one of the same request is replaced. */
  put(profile: PackedProfile): Promise<void> {
    const { id } = profile.row;
    const written = this.#waiting.get(id);
    // One that is kept without all its names is not left so.
    if (written === undefined && this.#waiting.size >= MAX_WAITING && !this.#rows.has(id)) {
      this.unwritten++;
      return Promise.resolve();
    }
    this.#waiting.set(id, profile);
    if (written !== undefined) return this.#last.then(() => undefined);
    return this.#inTurn(async () => {
      const newest = this.#waiting.get(id)!;
      this.#waiting.delete(id);
      await this.#put(newest);
    });
  }

  /** Null when there is none (any more), or it cannot be read. */
  async get(id: string): Promise<Profile | null> {
    await this.#last;
    return this.#rows.has(id) ? this.#read(id) : null;
  }

  /** As it is stored: gzip of JSON. Null like `get`, but not looked into. */
  async packed(id: string): Promise<Uint8Array | null> {
    await this.#last;
    return this.#rows.has(id) ? this.blobs.get(id) : null;
  }

  /** Oldest first. */
  async rows(): Promise<ProfileRow[]> {
    await this.#last;
    return [...this.#rows.values()];
  }

  /** Writes what is not written yet. */
  async close(): Promise<void> {
    await this.#last;
    if (this.#indexTimer === null) return;
    clearTimeout(this.#indexTimer);
    await this.#writeIndex();
  }

  #inTurn(step: () => Promise<void>): Promise<void> {
    const done = this.#last.then(step).catch((error: Error) => {
      this.unwritten++;
      this.problem = error.message;
    });
    this.#last = done;
    return done;
  }

  async #put({ row: told, packed }: PackedProfile): Promise<void> {
    const row: Row = { ...told, bytes: packed.length };
    try {
      await this.blobs.put(row.id, packed);
    } catch {
      // A full disk, most likely: what lies there makes room once.
      for (let i = 0; i < Math.ceil(this.#rows.size / 10); i++) await this.#drop(leastWorthy(this.#groups.values(), 'bytes'));
      await this.blobs.put(row.id, packed);
    }
    this.problem = '';
    this.#add(row);
    for (const one of beyondEndpoint(this.#groups.get(groupOf(row)) ?? [], this.limits)) await this.#drop(one);
    while (this.#rows.size > this.limits.files) await this.#drop(leastWorthy(this.#groups.values(), 'files'));
    while (this.#bytes > this.limits.bytes && this.#rows.size > 0) await this.#drop(leastWorthy(this.#groups.values(), 'bytes'));
  }

  async #drop(row: Kept | null): Promise<void> {
    if (row === null) return;
    this.#forget(row.id);
    await this.blobs.remove(row.id);
  }

  #add(row: Row): void {
    this.#forget(row.id);
    this.#rows.set(row.id, row);
    this.#bytes += row.bytes;
    const group = groupOf(row);
    const rows = this.#groups.get(group);
    if (rows) rows.push(row);
    else this.#groups.set(group, [row]);
    this.#indexTimer ??= setTimeout(() => void this.#inTurn(() => this.#writeIndex()), INDEX_DELAY_MS).unref();
  }

  #forget(id: string): void {
    const row = this.#rows.get(id);
    if (row === undefined) return;
    this.#rows.delete(id);
    this.#bytes -= row.bytes;
    const rest = this.#groups.get(groupOf(row))!.filter((one) => one !== row);
    if (rest.length > 0) this.#groups.set(groupOf(row), rest);
    else this.#groups.delete(groupOf(row));
  }

  async #reopen(): Promise<void> {
    const known = await this.#readIndex();
    for (const { id, bytes } of this.blobs.list()) {
      const row = known.get(id) ?? await this.#rowFromBlob(id);
      if (row === null) await this.blobs.remove(id);
      else this.#add({ ...row, bytes });
    }
  }

  async #readIndex(): Promise<Map<string, ProfileRow>> {
    const packed = await this.blobs.get(INDEX);
    const rows = packed === null ? null : await unpackJson<ProfileRow[]>(packed);
    return new Map(Array.isArray(rows) ? rows.filter(isRow).map((row) => [row.id, row]) : []);
  }

  async #writeIndex(): Promise<void> {
    this.#indexTimer = null;
    await this.blobs.put(INDEX, await pack(JSON.stringify([...this.#rows.values()]))).catch(() => undefined); // the blobs are the truth
  }

  async #rowFromBlob(id: string): Promise<ProfileRow | null> {
    const profile = await this.#read(id);
    try {
      return profile === null || profile.requestId !== id ? null : rowOf(profile);
    } catch {
      return null;
    }
  }

  async #read(id: string): Promise<Profile | null> {
    const packed = await this.blobs.get(id);
    return packed === null ? null : unpackJson<Profile>(packed);
  }
}

/** An index of another version, or no index at all, is no reason to fail. */
function isRow(row: Partial<ProfileRow> | null): row is ProfileRow {
  return row !== null && typeof row === 'object' && typeof row.id === 'string' && typeof row.service === 'string' && typeof row.endpoint === 'string'
    && typeof row.start === 'string' && Number.isFinite(row.durationNs) && Number.isFinite(row.lostNs) && Array.isArray(row.shares) && Array.isArray(row.objects);
}
