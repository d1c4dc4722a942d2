/** Which profiles make room for others. Fair: an endpoint that floods loses its own before it costs another one's. */
import type { ProfileSummary } from './profile-summary.js';

export interface ProfileLimits {
  files: number;
  bytes: number;
  /** Of one service and endpoint. Half of them are the slowest, the others the newest. */
  perEndpoint: number;
}

export const DEFAULT_PROFILE_LIMITS: ProfileLimits = { files: 5_000, bytes: 500e6, perEndpoint: 50 };

/** Normal requests, kept to compare with: of each endpoint so many. */
const SAMPLED_PER_ENDPOINT = 4;

/** What is kept of a profile in the index. Rows are in order of their writing, oldest first. */
export type Kept = Pick<ProfileSummary, 'id' | 'service' | 'endpoint' | 'reason' | 'lostNs'> & { bytes: number };

export function groupOf({ service, endpoint, reason }: Kept): string {
  return `${reason === 'sampled' ? 'sampled' : ''}\0${service}\0${endpoint}`;
}

/** Those of one endpoint that are too many, least worthy first. */
export function beyondEndpoint(rows: readonly Kept[], { perEndpoint }: ProfileLimits): Kept[] {
  const limit = rows[0]?.reason === 'sampled' ? Math.min(SAMPLED_PER_ENDPOINT, perEndpoint) : perEndpoint;
  return rows.length <= limit ? [] : byWorth(rows).slice(0, rows.length - limit);
}

/** One that has to go when all together are too many: of the endpoint that takes most, its least worthy. */
export function leastWorthy(groups: Iterable<readonly Kept[]>, by: 'files' | 'bytes'): Kept | null {
  let most: readonly Kept[] = [];
  let size = 0;
  for (const rows of groups) {
    const own = by === 'files' ? rows.length : rows.reduce((sum, row) => sum + row.bytes, 0);
    if (own > size) [most, size] = [rows, own];
  }
  return byWorth(most)[0] ?? null;
}

/** Least worthy first: of the older half those that lost least; then the newer half, oldest first. */
function byWorth(rows: readonly Kept[]): Kept[] {
  const older = Math.ceil(rows.length / 2);
  return [...rows.slice(0, older).sort((a, b) => a.lostNs - b.lostNs), ...rows.slice(older)];
}
