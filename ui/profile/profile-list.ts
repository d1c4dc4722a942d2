/** The list of profiled requests: what a filter leaves of it, and what it comes to by cause. */
import type { LedgerKind, ProfileSummary, TriggerReason } from '../../src/server/api.js';
import { ledgerLook } from './kinds.js';

export interface ProfileFilter {
  /** In service, endpoint, object or verdict. */
  words: string;
  service: string;
  reason: string;
  /** A kind of the ledger. */
  cause: string;
}

export const REASON_WORDS: Readonly<Record<TriggerReason, string>> = { slow: 'slow', slower_than_usual: 'slower than usual', failed: 'failed', sampled: 'sampled', asked: 'asked for' };

export function fittingProfiles(rows: readonly ProfileSummary[], { words, service, reason, cause }: ProfileFilter): ProfileSummary[] {
  const parts = words.toLowerCase().split(/\s+/).filter((part) => part !== '');
  return rows.filter((row) => (service === '' || row.service === service) && (reason === '' || row.reason === reason) && (cause === '' || row.topKind === cause)
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

/** Most time lost first. The same lock, peer or file of several requests is one cause. */
export function causeGroups(rows: readonly ProfileSummary[]): CauseGroup[] {
  const groups = new Map<string, CauseGroup>();
  for (const row of rows) {
    const object = row.cause.kind === row.topKind ? row.cause.object : '';
    const label = object === '' ? ledgerLook(row.topKind).word : `${ledgerLook(row.topKind).word}: ${object}`;
    let group = groups.get(label);
    if (!group) groups.set(label, (group = { kind: row.topKind, label, lostNs: 0, endpoints: [], rows: [] }));
    group.lostNs += row.lostNs;
    group.rows.push(row);
    const endpoint = `${row.service} ${row.operation} ${row.endpoint}`;
    if (!group.endpoints.includes(endpoint)) group.endpoints.push(endpoint);
  }
  for (const group of groups.values()) group.rows.sort((a, b) => b.lostNs - a.lostNs);
  return [...groups.values()].sort((a, b) => b.lostNs - a.lostNs);
}
