/** Profiles of requests as the API serves them: the newest in memory, all of them in files beside the store. */
import { ProfileFiles } from '../profile/profile-files.js';
import type { Profile } from '../profile/profile.js';
import type { ProfileSummary } from '../server/api.js';
import type { ProfileSource } from '../server/queries.js';
import { summaryOf } from './profile-summary.js';

/** Kept whole in memory: those just cut, or, without a store, those of the last minutes. A profile is some 100 kB. */
const IN_MEMORY = { withFiles: 16, without: 100 };
const LISTED = 1_000;

export class Profiles implements ProfileSource {
  readonly #memory = new Map<string, Profile>();
  readonly #summaries = new Map<string, ProfileSummary>();
  readonly #directory: string | null;
  #files: ProfileFiles | null = null;

  /** @param directory null: memory only */
  constructor(directory: string | null) {
    this.#directory = directory;
  }

  async put(profile: Profile): Promise<void> {
    remember(this.#summaries, profile.requestId, summaryOf(profile), LISTED);
    remember(this.#memory, profile.requestId, profile, this.#directory === null ? IN_MEMORY.without : IN_MEMORY.withFiles);
    await this.#open()?.put(profile);
  }

  async get(requestId: string): Promise<Profile | null> {
    return this.#memory.get(requestId) ?? await this.#open()?.get(requestId) ?? null;
  }

  async list(limit: number): Promise<ProfileSummary[]> {
    if (this.#summaries.size === 0) for (const profile of await this.#open()?.newest(LISTED) ?? []) remember(this.#summaries, profile.requestId, summaryOf(profile), LISTED);
    return [...this.#summaries.values()].sort((a, b) => b.lostNs - a.lostNs).slice(0, limit);
  }

  /** Only now: the store makes its folder when it is opened. */
  #open(): ProfileFiles | null {
    if (this.#directory === null) return null;
    return (this.#files ??= new ProfileFiles(this.#directory));
  }
}

function remember<T>(map: Map<string, T>, id: string, value: T, limit: number): void {
  map.set(id, value);
  if (map.size > limit) for (const oldest of map.keys()) { map.delete(oldest); break; }
}
