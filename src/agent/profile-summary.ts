/** A profile's line in lists. */
import type { LedgerEntry, Profile } from '../profile/profile.js';
import type { ProfileSummary } from '../server/api.js';

export function summaryOf(profile: Profile): ProfileSummary {
  const durationNs = profile.requestEndNs - profile.requestStartNs;
  const usualNs = profile.usual?.durationNs ?? null;
  const { service, protocol, endpoint, operation, status, error, verdict, reason, cause } = profile;
  return {
    id: profile.requestId, service, protocol, endpoint, operation, status, error,
    start: (BigInt(profile.start) + BigInt(Math.round(profile.requestStartNs))).toString(), durationNs, usualNs,
    lostNs: Math.max(0, durationNs - (usualNs ?? 0)), verdict, reason, cause, topKind: profile.ledger[0]?.kind ?? 'unexplained',
    shares: sharesOf(profile.ledger), pending: profile.stacks.pending,
  };
}

/** By kind, largest first: of hundreds of objects a list needs none. */
function sharesOf(ledger: readonly LedgerEntry[]): ProfileSummary['shares'] {
  const sums = new Map<LedgerEntry['kind'], number>();
  for (const { kind, share } of ledger) sums.set(kind, (sums.get(kind) ?? 0) + share);
  return [...sums].map(([kind, share]) => ({ kind, share })).sort((a, b) => b.share - a.share);
}
