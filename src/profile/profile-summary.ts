/** A profile's line in lists, and what sums over many profiles need of it: all that is read without opening the profile. */
import type { Cause, LedgerEntry, LedgerKind, Profile, TriggerReason } from './profile.js';

export interface ProfileSummary {
  /** The request's id. */
  id: string;
  service: string;
  protocol: string;
  endpoint: string;
  operation: string;
  status: string;
  /** `none`, or what went wrong. */
  error: string;
  /** Unix ns of the request's start, as a decimal string. */
  start: string;
  durationNs: number;
  /** Median of its endpoint; null while that is not known. */
  usualNs: number | null;
  /** Beyond what is usual for its endpoint; its whole duration while that is not known. */
  lostNs: number;
  verdict: string;
  /** Why it has a profile. */
  reason: TriggerReason;
  cause: Cause;
  /** What took most of its time. */
  topKind: LedgerKind;
  /** Where its time went by kind, largest first; 0..1 of its duration. */
  shares: Array<{ kind: LedgerKind; share: number }>;
  /** Names are still being looked up. */
  pending: boolean;
}

export type ObjectSort = 'lock' | 'peer' | 'file' | 'function';

/** What a profile says about one object: `ns` of its request's time went to it. */
export interface ObjectTime { sort: ObjectSort; name: string; ns: number }

export interface ProfileRow extends ProfileSummary {
  /** Most time first; at most `MAX_OBJECTS`. */
  objects: ObjectTime[];
}

const MAX_OBJECTS = 12;
/** Names and sentences come from traced programs: an index of thousands of rows stays in memory. */
const MAX_TEXT = 300;

const SORTS: Partial<Record<LedgerKind, ObjectSort>> = { lock: 'lock', peer: 'peer', file: 'file' };

export function rowOf(profile: Profile): ProfileRow {
  return { ...summaryOf(profile), objects: objectsOf(profile) };
}

export function summaryOf(profile: Profile): ProfileSummary {
  const durationNs = profile.requestEndNs - profile.requestStartNs;
  const usualNs = profile.usual?.durationNs ?? null;
  const { protocol, status, error, reason, cause } = profile;
  return {
    id: profile.requestId, service: short(profile.service), protocol, endpoint: short(profile.endpoint), operation: short(profile.operation), status: short(status), error,
    start: (BigInt(profile.start) + BigInt(Math.round(profile.requestStartNs))).toString(), durationNs, usualNs,
    lostNs: Math.max(0, durationNs - (usualNs ?? 0)), verdict: profile.verdict.slice(0, 2 * MAX_TEXT), reason,
    cause: { ...cause, object: short(cause.object) }, topKind: profile.ledger[0]?.kind ?? 'unexplained',
    shares: sharesOf(profile.ledger), pending: profile.stacks.pending,
  };
}

/** By kind, largest first: of hundreds of objects a list needs none. */
function sharesOf(ledger: readonly LedgerEntry[]): ProfileSummary['shares'] {
  const sums = new Map<LedgerKind, number>();
  for (const { kind, share } of ledger) sums.set(kind, (sums.get(kind) ?? 0) + share);
  return [...sums].map(([kind, share]) => ({ kind, share })).sort((a, b) => b.share - a.share);
}

function objectsOf(profile: Profile): ObjectTime[] {
  const sums = new Map<string, ObjectTime>();
  const add = (sort: ObjectSort, name: string, ns: number): void => {
    const key = `${sort} ${name}`;
    const known = sums.get(key);
    if (known) known.ns += ns;
    else sums.set(key, { sort, name: short(name), ns });
  };
  for (const { kind, object, ns } of profile.ledger) {
    const sort = SORTS[kind];
    if (sort !== undefined && object !== '') add(sort, object, ns);
  }
  for (const [name, ns] of functionsOnPath(profile)) add('function', name, ns);
  return [...sums.values()].sort((a, b) => b.ns - a.ns).slice(0, MAX_OBJECTS);
}

/** CPU time of the request by the innermost function, of the samples that lie on its path. */
function functionsOnPath({ path, stacks }: Profile): Map<string, number> {
  const sums = new Map<string, number>();
  const segments = path.filter((segment) => segment.kind === 'cpu');
  for (const { ns, tid, stack, weightNs } of stacks.samples) {
    if (!segments.some((segment) => segment.tid === tid && ns >= segment.startNs && ns - weightNs <= segment.endNs)) continue;
    const frame = stacks.frames[stacks.stacks[stack]?.frames[0]];
    if (frame !== undefined) sums.set(frame.name, (sums.get(frame.name) ?? 0) + weightNs);
  }
  return sums;
}

function short(text: string): string {
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT - 3)}...` : text;
}
