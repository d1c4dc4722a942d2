/** What is usual for an endpoint, as its sampled normal profiles showed it: the mean of their ledgers, and the newest of them. */
import { PerEndpoint } from './baseline.js';
import type { LedgerEntry, Profile, Usual } from './profile.js';

/** The mean forgets: of more profiles than this each newer one counts as much. */
const WEIGHT = 10;
const MAX_ENDPOINTS = 2_000;
const MAX_LINES = 20;

interface Seen { requestId: string; count: number; /** By kind and object, mean ns. */ lines: Map<string, LedgerEntry> }

export class UsualProfiles {
  readonly #seen = new PerEndpoint<Seen>(() => ({ requestId: '', count: 0, lines: new Map<string, LedgerEntry>() }), MAX_ENDPOINTS);

  /** Takes note of normal profiles; of others nothing. */
  note(profile: Profile): void {
    if (profile.reason !== 'sampled') return;
    const seen = this.#seen.of(profile);
    seen.requestId = profile.requestId;
    seen.count++;
    const share = 1 / Math.min(seen.count, WEIGHT);
    for (const line of seen.lines.values()) line.ns *= 1 - share;
    for (const { kind, object, ns } of profile.ledger) {
      const key = `${kind} ${object}`;
      const line = seen.lines.get(key) ?? { kind, object, ns: 0, share: 0 };
      line.ns += ns * share;
      seen.lines.set(key, line);
    }
    if (seen.lines.size > MAX_LINES) for (const [key] of [...seen.lines].sort((a, b) => b[1].ns - a[1].ns).slice(MAX_LINES)) seen.lines.delete(key);
  }

  /** @param known what the trigger knows: duration and count; null: too few requests for that */
  of(request: Pick<Profile, 'service' | 'endpoint' | 'operation'>, known: { durationNs: number; count: number } | null): Usual | null {
    if (known === null) return null;
    const { requestId, lines } = this.#seen.of(request);
    const sumNs = [...lines.values()].reduce((sum, line) => sum + line.ns, 0);
    const ledger = [...lines.values()].filter((line) => line.ns > 0).map((line) => ({ ...line, share: line.ns / sumNs })).sort((a, b) => b.ns - a.ns);
    return { ...known, requestId, ledger };
  }
}
