/** Profiles as the API serves them: in files beside the store, or in memory without one; the newest at hand. */
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
  #files: ProfileFiles | null = null;

  /** @param directory null: memory only */
  constructor(private readonly directory: string | null, private readonly limits: ProfileLimits) {}

  /** Only now: the store makes its folder when it is opened, and holds the lock on it. */
  get files(): ProfileFiles {
    return (this.#files ??= this.directory === null
      ? new ProfileFiles(new MemoryBlobs(), { ...this.limits, bytes: Math.min(this.limits.bytes, MEMORY_BYTES) })
      : new ProfileFiles(new FolderBlobs(this.directory), this.limits));
  }

  /** @returns whether it is of a request that had none before */
  put(profile: PackedProfile): boolean {
    const { id: requestId, reason } = profile.row;
    const isNew = !this.#counted.has(requestId);
    if (isNew) this.byReason[reason] = (this.byReason[reason] ?? 0) + 1;
    remember(this.#counted, requestId, COUNTED);
    this.#newest.delete(requestId);
    this.#newest.set(requestId, profile.packed);
    if (this.#newest.size > AT_HAND) for (const oldest of this.#newest.keys()) { this.#newest.delete(oldest); break; }
    void this.files.put(profile);
    return isNew;
  }

  async get(requestId: string): Promise<Profile | null> {
    const newest = this.#newest.get(requestId);
    return newest === undefined ? this.files.get(requestId) : unpackJson<Profile>(newest);
  }

  async packed(requestId: string): Promise<Uint8Array | null> {
    return this.#newest.get(requestId) ?? this.files.packed(requestId);
  }

  async list(limit: number): Promise<ProfileSummary[]> {
    const rows = await this.files.rows();
    return rows.sort((a, b) => b.lostNs - a.lostNs).slice(0, limit).map(({ objects: _objects, ...summary }) => summary);
  }

  /** Of requests that began in that time, oldest first. */
  async rows({ from, to }: TimeRange): Promise<ProfileRow[]> {
    return (await this.files.rows()).filter(({ start }) => Number(start) >= from * 1e6 && Number(start) < to * 1e6);
  }

  async close(): Promise<void> {
    await this.#files?.close();
  }
}

function remember(set: Set<string>, id: string, limit: number): void {
  set.delete(id);
  set.add(id);
  if (set.size > limit) for (const oldest of set) { set.delete(oldest); break; }
}
