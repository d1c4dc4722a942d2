/** Blocked calls on files and peers, for the profile's lists. */
import type { OperationRecord } from './evidence.js';
import type { Operation } from './profile.js';
import { systemCall } from './system-calls.js';

const MAX_OPERATIONS = 2_000;

/** Longest first when there are too many; in order of time, relative to `fromNs`. */
export function operationsOf(records: readonly OperationRecord[], fromNs: number, toNs: number): Operation[] {
  const found: Operation[] = [];
  for (const { offNs, ns, pid, tid, call, kind, object, result } of records) {
    if (kind === 'other' || ns < fromNs || offNs > toNs) continue;
    found.push({ startNs: Math.max(0, offNs - fromNs), endNs: Math.min(ns, toNs) - fromNs, pid, tid, kind, syscall: systemCall(call).name, object, result });
  }
  if (found.length > MAX_OPERATIONS) found.sort((a, b) => (b.endNs - b.startNs) - (a.endNs - a.startNs)).length = MAX_OPERATIONS;
  return found.sort((a, b) => a.startNs - b.startNs);
}
