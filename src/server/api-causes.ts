/** Types of the answers about many profiles at once: the list of profiled requests, and what time was lost to. Part of api.ts. */
import type { LedgerKind } from '../profile/profile.js';
import type { TimeRange } from './api.js';

/** GET /api/profiles?limit : an array, most time lost first */
export type { ProfileSummary } from '../profile/profile-summary.js';

export interface KindTime { kind: LedgerKind; ns: number }

/** GET /api/causes?from&to : where the time of the profiled requests of that time went. */
export interface Causes {
  range: TimeRange;
  /** `3 of 14 services are slower than in the hour before; cart loses most time to a lock in postgres.` '' when there is nothing to say. */
  sentence: string;
  /** Services whose p95 is well above that of the hour before; null while there is nothing to compare with. */
  slower: { services: string[]; of: number } | null;
  /** Profiles it is made of. Profiles are of slow, failed and asked-for requests: the shares are theirs, not of all requests. */
  profiles: number;
  totalNs: number;
  /** Largest first. */
  kinds: KindTime[];
  /** Most time lost first; at most 100. */
  endpoints: CauseRow[];
  /** What the time went to, by sort, most time first; at most 20 each. */
  locks: CauseObject[];
  peers: CauseObject[];
  files: CauseObject[];
  functions: CauseObject[];
  notes: string[];
}

export interface CauseRow {
  service: string;
  protocol: string;
  endpoint: string;
  profiles: number;
  totalNs: number;
  lostNs: number;
  /** Median of the endpoint; null while that is not known. */
  usualNs: number | null;
  kinds: KindTime[];
  /** The profiled request that lost most, and its verdict. */
  worst: { id: string; lostNs: number; verdict: string };
}

export interface CauseObject {
  /** Lock, peer, path or function. */
  name: string;
  /** Service in whose requests. */
  service: string;
  ns: number;
  profiles: number;
  /** The request in which it took most. */
  worstId: string;
}
