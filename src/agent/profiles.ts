/** Profiles of requests as the API serves them: the newest in memory, all of them in files beside the store. */
import { ProfileFiles } from '../profile/profile-files.js';
import type { LedgerKind, Profile } from '../profile/profile.js';
import type { ProfileSummary } from '../server/api.js';
import type { ProfileSource } from '../server/queries.js';

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

function summaryOf(profile: Profile): ProfileSummary {
  const durationNs = profile.requestEndNs - profile.requestStartNs;
  return {
    id: profile.requestId, service: profile.service, endpoint: profile.endpoint, start: profile.start, durationNs, lostNs: Math.max(0, durationNs - (profile.usual?.durationNs ?? 0)),
    verdict: profile.verdict, topKind: profile.ledger[0]?.kind ?? 'unexplained', reason: profile.reason, cause: profile.cause, shares: sharesOf(profile.ledger),
  };
}

/** By kind: of hundreds of objects a list needs none. */
function sharesOf(ledger: Profile['ledger']): ProfileSummary['shares'] {
  const sums = new Map<LedgerKind, number>();
  for (const { kind, share } of ledger) sums.set(kind, (sums.get(kind) ?? 0) + share);
  return [...sums].map(([kind, share]) => ({ kind, share })).sort((a, b) => b.share - a.share);
}
