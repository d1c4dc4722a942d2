/**
 * Profiles that are shown already while the rest of their names is looked up. Nothing else makes one `pending`: what is kept of an
 * earlier run, or lost its names on the way, says why they will not come. So nobody waits for ever.
 */
import { NAMES_TO_COME } from '../profile/stacks.js';
import type { Profile } from '../profile/profile.js';

/** The symbolizer gives up after a minute; then it may take a while on a busy machine. */
const LONGEST_MS = 90_000;
const REASONS_KEPT = 1_000;
const LATE = 'looking them up took too long';
const NOT_KEPT = 'the agent ended, or could not write, before they were there';

export class AwaitedNames {
  /** By request, since when. Oldest first. */
  readonly #sinceMs = new Map<string, number>();
  readonly #reasons = new Map<string, string>();

  constructor(private readonly nowMs: () => number = () => performance.now()) {}

  get count(): number {
    this.#giveUpOld();
    return this.#sinceMs.size;
  }

  /** Its profile came, with all names or not. */
  came(requestId: string, pending: boolean): void {
    if (!pending) this.#sinceMs.delete(requestId);
    else if (!this.#sinceMs.has(requestId)) this.#sinceMs.set(requestId, this.nowMs());
  }

  giveUp(requestId: string, reason: string): void {
    if (!this.#sinceMs.delete(requestId)) return;
    this.#reasons.set(requestId, reason);
    if (this.#reasons.size > REASONS_KEPT) for (const oldest of this.#reasons.keys()) { this.#reasons.delete(oldest); break; }
  }

  /** Nobody looks up names any more. */
  giveUpAll(reason: string): void {
    for (const requestId of [...this.#sinceMs.keys()]) this.giveUp(requestId, reason);
  }

  has(requestId: string): boolean {
    this.#giveUpOld();
    return this.#sinceMs.has(requestId);
  }

  /** As kept, or with what it lacks if that is not awaited any more. */
  settled(profile: Profile): Profile {
    const { requestId, stacks, missing } = profile;
    if (!stacks.pending || this.has(requestId)) return profile;
    const why = this.#reasons.get(requestId) ?? NOT_KEPT;
    const settled = stacks.stacks.map((stack) => stack.truncated === NAMES_TO_COME ? { ...stack, truncated: `no names: ${why}` } : stack);
    return { ...profile, stacks: { ...stacks, stacks: settled, pending: false }, missing: [...missing, `Some names of its stacks: ${why}.`] };
  }

  #giveUpOld(): void {
    for (const [requestId, sinceMs] of this.#sinceMs) {
      if (this.nowMs() - sinceMs < LONGEST_MS) return;
      this.giveUp(requestId, LATE);
    }
  }
}
