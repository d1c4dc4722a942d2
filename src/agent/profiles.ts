/** Profiles as the API serves them: in files beside the store, or in memory without one; the newest at hand. */
import { AwaitedNames } from './awaited-names.js';
import { unpackJson, type PackedProfile } from '../profile/packed-profile.js';
import { FolderBlobs, MemoryBlobs } from '../profile/profile-blobs.js';
import { ProfileFiles } from '../profile/profile-files.js';
import type { ProfileLimits } from '../profile/profile-limits.js';
import type { ProfileRow, ProfileSummary } from '../profile/profile-summary.js';
import type { Profile } from '../profile/profile.js';
import type { TimeRange } from '../server/api.js';
import type { ProfileSource } from '../server/queries.js';

/** At hand in memory, compressed: what the page asks for right after it was made. */
const AT_HAND = 8;
/** Compressed ones, when there is no store. */
const MEMORY_BYTES = 64e6;
/** Ids of which one knows that they were counted: a profile comes again when names were found. */
const COUNTED = 4_096;

export class Profiles implements ProfileSource {
  /** Since the agent's start, by what made their request worth one. */
  readonly byReason: Record<string, number> = {};
  readonly #newest = new Map<string, Uint8Array>();
  readonly #counted = new Set<string>();
  readonly #awaited: AwaitedNames;
  #files: ProfileFiles | null = null;

  /** @param directory null: memory only */
  constructor(private readonly directory: string | null, private readonly limits: ProfileLimits, nowMs?: () => number) {
    this.#awaited = new AwaitedNames(nowMs);
  }

  /** Only now: the store makes its folder when it is opened, and holds the lock on it. */
  get files(): ProfileFiles {
    return (this.#files ??= this.directory === null
      ? new ProfileFiles(new MemoryBlobs(), { ...this.limits, bytes: Math.min(this.limits.bytes, MEMORY_BYTES) })
      : new ProfileFiles(new FolderBlobs(this.directory), this.limits));
  }

  /** @returns whether it is of a request that had none before */
  put(profile: PackedProfile): boolean {
    const { id: requestId, reason, pending } = profile.row;
    this.#awaited.came(requestId, pending);
    const isNew = !this.#counted.has(requestId);
    if (isNew) this.byReason[reason] = (this.byReason[reason] ?? 0) + 1;
    remember(this.#counted, requestId, COUNTED);
    this.#newest.delete(requestId);
    this.#newest.set(requestId, profile.packed);
    if (this.#newest.size > AT_HAND) for (const oldest of this.#newest.keys()) { this.#newest.delete(oldest); break; }
    void this.files.put(profile);
    return isNew;
  }

  /** Of which names are still being looked up. */
  get pending(): number {
    return this.#awaited.count;
  }

  /** One that could not be made, or made whole. */
  failed(requestId: string, reason: string): void {
    this.#awaited.giveUp(requestId, `looking them up failed (${reason.split('\n', 1)[0]})`);
  }

  /** No profile comes any more, nor names for those that came. */
  ended(): void {
    this.#awaited.giveUpAll('profiling ended before they were there');
  }

  async get(requestId: string): Promise<Profile | null> {
    const newest = this.#newest.get(requestId);
    const profile = newest === undefined ? await this.files.get(requestId) : await unpackJson<Profile>(newest);
    return profile === null ? null : this.#awaited.settled(profile);
  }

  /** As it is kept; null also when it is not to be shown so. */
  async packed(requestId: string): Promise<Uint8Array | null> {
    if (await this.files.isPending(requestId) && !this.#awaited.has(requestId)) return null;
    return this.#newest.get(requestId) ?? this.files.packed(requestId);
  }

  async list(limit: number): Promise<ProfileSummary[]> {
    const rows = await this.#rows();
    return rows.sort((a, b) => b.lostNs - a.lostNs).slice(0, limit).map(({ objects: _objects, ...summary }) => summary);
  }

  /** Of requests that began in that time, oldest first. */
  async rows({ from, to }: TimeRange): Promise<ProfileRow[]> {
    return (await this.#rows()).filter(({ start }) => Number(start) >= from * 1e6 && Number(start) < to * 1e6);
  }

  async close(): Promise<void> {
    await this.#files?.close();
  }

  async #rows(): Promise<ProfileRow[]> {
    return (await this.files.rows()).map((row) => row.pending && !this.#awaited.has(row.id) ? { ...row, pending: false } : row);
  }
}

function remember(set: Set<string>, id: string, limit: number): void {
  set.delete(id);
  set.add(id);
  if (set.size > limit) for (const oldest of set) { set.delete(oldest); break; }
}
