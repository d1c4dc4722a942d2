/** What time was lost to: sums over the rows of kept profiles, and one sentence. */
import type { LedgerKind } from '../profile/profile.js';
import type { ObjectSort, ProfileRow } from '../profile/profile-summary.js';
import type { CauseObject, CauseRow, Causes, KindTime, Overview, TimeRange } from '../server/api.js';
import { lossOf } from './causes-text.js';

const MAX_ENDPOINTS = 100;
const MAX_OBJECTS = 20;
/** A service is slower when its p95 is so many times what it was, and by so much. */
const SLOWER_FACTOR = 1.5;
const SLOWER_NS = 5e6;
/** Requests that a p95 is of. */
const ENOUGH = 20;

export function causesOf(rows: readonly ProfileRow[], range: TimeRange, now: Overview | null, before: Overview | null): Causes {
  const kinds = new Map<LedgerKind, number>();
  for (const row of rows) for (const { kind, ns } of kindsOf(row)) kinds.set(kind, (kinds.get(kind) ?? 0) + ns);
  const slower = slowerServices(now, before);
  const endpoints = endpointsOf(rows);
  return {
    range, sentence: sentenceOf(slower, rows), slower, profiles: rows.length, totalNs: rows.reduce((sum, row) => sum + row.durationNs, 0), kinds: sorted(kinds),
    endpoints: endpoints.slice(0, MAX_ENDPOINTS), locks: objectsOf(rows, 'lock'), peers: objectsOf(rows, 'peer'), files: objectsOf(rows, 'file'), functions: objectsOf(rows, 'function'),
    notes: endpoints.length > MAX_ENDPOINTS ? [`${endpoints.length - MAX_ENDPOINTS} more endpoints lost less time.`] : [],
  };
}

function kindsOf({ shares, durationNs }: ProfileRow): KindTime[] {
  return shares.map(({ kind, share }) => ({ kind, ns: share * durationNs }));
}

function sorted(sums: ReadonlyMap<LedgerKind, number>): KindTime[] {
  return [...sums].map(([kind, ns]) => ({ kind, ns })).sort((a, b) => b.ns - a.ns);
}

function endpointsOf(rows: readonly ProfileRow[]): CauseRow[] {
  const groups = new Map<string, ProfileRow[]>();
  for (const row of rows) {
    const key = `${row.service}\0${row.protocol}\0${row.endpoint}`;
    const known = groups.get(key);
    if (known) known.push(row);
    else groups.set(key, [row]);
  }
  return [...groups.values()].map(endpointOf).sort((a, b) => b.lostNs - a.lostNs);
}

function endpointOf(rows: readonly ProfileRow[]): CauseRow {
  const kinds = new Map<LedgerKind, number>();
  for (const row of rows) for (const { kind, ns } of kindsOf(row)) kinds.set(kind, (kinds.get(kind) ?? 0) + ns);
  const worst = rows.reduce((most, row) => (row.lostNs > most.lostNs ? row : most));
  const { service, protocol, endpoint } = worst;
  return {
    service, protocol, endpoint, profiles: rows.length, totalNs: rows.reduce((sum, row) => sum + row.durationNs, 0), lostNs: rows.reduce((sum, row) => sum + row.lostNs, 0),
    usualNs: rows[rows.length - 1].usualNs, kinds: sorted(kinds), worst: { id: worst.id, lostNs: worst.lostNs, verdict: worst.verdict },
  };
}

function objectsOf(rows: readonly ProfileRow[], sort: ObjectSort): CauseObject[] {
  const sums = new Map<string, CauseObject & { worstNs: number }>();
  for (const { objects, service, id } of rows) {
    for (const { name, ns } of objects.filter((one) => one.sort === sort)) {
      const key = `${service}\0${name}`;
      const sum = sums.get(key) ?? { name, service, ns: 0, profiles: 0, worstId: id, worstNs: 0 };
      sum.ns += ns;
      sum.profiles++;
      if (ns > sum.worstNs) [sum.worstNs, sum.worstId] = [ns, id];
      sums.set(key, sum);
    }
  }
  return [...sums.values()].sort((a, b) => b.ns - a.ns).slice(0, MAX_OBJECTS).map(({ worstNs: _worstNs, ...object }) => object);
}

/** By p95 against the hour before. */
function slowerServices(now: Overview | null, before: Overview | null): Causes['slower'] {
  if (now === null || before === null) return null;
  const usual = new Map(before.services.filter((row) => row.count >= ENOUGH).map((row) => [`${row.role} ${row.service}`, row.p95Ns]));
  const compared = now.services.filter((row) => row.count >= ENOUGH && usual.has(`${row.role} ${row.service}`));
  if (compared.length === 0) return null;
  const isSlower = ({ role, service, p95Ns }: Overview['services'][number]): boolean => {
    const usualNs = usual.get(`${role} ${service}`)!;
    return p95Ns > usualNs * SLOWER_FACTOR && p95Ns - usualNs > SLOWER_NS;
  };
  return { services: compared.filter(isSlower).map((row) => row.service), of: now.services.length };
}

function sentenceOf(slower: Causes['slower'], rows: readonly ProfileRow[]): string {
  const loss = mostLost(rows);
  const first = slower === null ? '' : slower.services.length === 0 ? 'No service is slower than in the hour before'
    : `${slower.services.length} of ${slower.of} services ${slower.services.length === 1 ? 'is' : 'are'} slower than in the hour before`;
  const parts = [first, loss].filter((part) => part !== '');
  return parts.length === 0 ? '' : `${parts.join('; ')}.`;
}

/** For an answer that says already how things stand: only what is wrong. '' when no request was profiled. */
export function addedSentence({ slower, sentence, profiles }: Causes): string {
  if (profiles === 0) return '';
  const parts = sentence.split('; ');
  return slower !== null && slower.services.length === 0 ? parts.slice(1).join('; ') : sentence;
}

/** The service that lost most, and to what. Profiles of normal requests lost nothing. */
function mostLost(rows: readonly ProfileRow[]): string {
  const lost = new Map<string, { ns: number; worst: ProfileRow }>();
  for (const row of rows) {
    if (row.reason === 'sampled' || row.reason === 'asked') continue;
    const sum = lost.get(row.service) ?? { ns: 0, worst: row };
    sum.ns += row.lostNs;
    if (row.lostNs > sum.worst.lostNs) sum.worst = row;
    lost.set(row.service, sum);
  }
  const [most] = [...lost].sort(([, a], [, b]) => b.ns - a.ns);
  return most === undefined ? '' : `${most[0]} loses most time to ${lossOf(most[1].worst)}`;
}
