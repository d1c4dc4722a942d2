/** The list of profiled requests: what a filter leaves of it, and what it comes to by cause. */
import type { LedgerKind, ProfileSummary, TriggerReason } from '../../src/server/api.js';
import { requestTitle } from '../request-title.js';
import { LEDGER_LOOKS, ledgerLook } from './kinds.js';

export interface ProfileFilter {
  /** In service, endpoint, object or verdict. */
  words: string;
  service: string;
  reason: string;
  /** A kind of the ledger. */
  cause: string;
}

export const REASON_WORDS: Readonly<Record<TriggerReason, string>> = { slow: 'slow', slower_than_usual: 'slower than usual', failed: 'failed', sampled: 'sampled', asked: 'asked for' };

/** The verdict's cause; a mixed verdict names none: then what took most. */
export function mainPart({ cause, shares, topKind }: ProfileSummary): { kind: LedgerKind; share: number } {
  const [most] = shares;
  if (cause && cause.kind in LEDGER_LOOKS) return { kind: cause.kind as LedgerKind, share: shares.find(({ kind }) => kind === cause.kind)?.share ?? cause.share };
  return most ?? { kind: topKind, share: 0 };
}

export function fittingProfiles(rows: readonly ProfileSummary[], { words, service, reason, cause }: ProfileFilter): ProfileSummary[] {
  const parts = words.toLowerCase().split(/\s+/).filter((part) => part !== '');
  return rows.filter((row) => (service === '' || row.service === service) && (reason === '' || row.reason === reason) && (cause === '' || mainPart(row).kind === cause)
    && parts.every((part) => `${row.service} ${row.operation} ${row.endpoint} ${row.cause.name} ${row.cause.object} ${row.verdict}`.toLowerCase().includes(part)));
}

export interface CauseGroup {
  kind: LedgerKind;
  /** The kind's word and the object. */
  label: string;
  lostNs: number;
  endpoints: string[];
  /** Most time lost first. */
  rows: ProfileSummary[];
}

/** Their object is who happened to be in the way. */
const ANYBODY: ReadonlySet<LedgerKind> = new Set(['run_queue', 'other_request', 'cpu']);

/** Most time lost first. The same lock, peer or file of several requests is one cause. */
export function causeGroups(rows: readonly ProfileSummary[]): CauseGroup[] {
  const groups = new Map<string, CauseGroup>();
  for (const row of rows) {
    const { kind } = mainPart(row);
    const { object } = row.cause;
    const label = object === '' || ANYBODY.has(kind) ? ledgerLook(kind).word : `${ledgerLook(kind).word}: ${object}`;
    let group = groups.get(label);
    if (!group) groups.set(label, (group = { kind, label, lostNs: 0, endpoints: [], rows: [] }));
    group.lostNs += row.lostNs;
    group.rows.push(row);
    const endpoint = `${row.service} ${requestTitle(row)}`;
    if (!group.endpoints.includes(endpoint)) group.endpoints.push(endpoint);
  }
  for (const group of groups.values()) group.rows.sort((a, b) => b.lostNs - a.lostNs);
  return [...groups.values()].sort((a, b) => b.lostNs - a.lostNs);
}
