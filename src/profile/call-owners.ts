/**
 * For which request was a call made? On one thread that has several requests under way, a call that starts right after a
 * request was read is its own, and so is one that starts right after the answer of a call of that request: the thread does
 * nothing else between. Behind a wait for input, or behind a response, nothing is known.
 */
import type { PathInput } from './path-input.js';
import { readNsOf } from './path-input.js';
import type { CallRef } from './profile.js';
import type { SliceIndex } from './slice-index.js';
import { waitsForInput } from './slice-index.js';

/** Whose a call is; calls of which that is not known are left out. */
export type CallOwners = ReadonlyMap<CallRef, CallRef | 'ours'>;

type Owner = CallRef | 'ours';
type Event =
  | { ns: number; edge: 'read'; request: Owner }
  | { ns: number; edge: 'write'; request: Owner }
  | { ns: number; edge: 'call'; call: CallRef }
  | { ns: number; edge: 'answer'; call: CallRef }
  | { ns: number; edge: 'wait' };

/** Events at the same time: what was answered or read comes before what that led to, and a wait is last. */
const ORDER: Readonly<Record<Event['edge'], number>> = { answer: 0, read: 1, call: 2, write: 3, wait: 4 };

export function callOwners(input: PathInput, index: SliceIndex): CallOwners {
  const owners = new Map<CallRef, Owner>();
  if (input.otherRequests.length === 0) return owners;
  for (const tid of new Set(input.calls.map((call) => call.tid))) ownersOnThread(eventsOf(input, index, tid), owners, input.requestEndNs);
  return owners;
}

/** Calls that may be ours: all but those that are known to be another request's. */
export function withoutOthersCalls(calls: readonly CallRef[], owners: CallOwners): CallRef[] {
  return calls.filter((call) => (owners.get(call) ?? 'ours') === 'ours');
}

function ownersOnThread(events: readonly Event[], owners: Map<CallRef, Owner>, oursEndNs: number): void {
  let last: Owner | null = null;
  /** Had an event since the thread last waited, and made no call then: it may have put it off. */
  const idle = new Set<Owner>();
  for (const event of events) {
    if (event.edge === 'wait') {
      last = null;
      idle.clear();
    } else if (event.edge === 'call') {
      if (last === null || (last !== 'ours' && idle.has('ours')) || !endsBefore(event.call, last, oursEndNs)) continue;
      owners.set(event.call, last);
      idle.delete(last);
    } else if (event.edge === 'write') {
      idle.delete(event.request);
      last = null;
    } else {
      last = event.edge === 'read' ? event.request : owners.get(event.call) ?? null;
      if (last !== null) idle.add(last);
    }
  }
}

/** Who waits for a call answers after it. One that goes on was made for somebody else: it waited for a connection of a pool. */
function endsBefore(call: CallRef, owner: Owner, oursEndNs: number): boolean {
  return call.endNs <= (owner === 'ours' ? oursEndNs : owner.endNs);
}

function eventsOf(input: PathInput, index: SliceIndex, tid: number): Event[] {
  const events: Event[] = [];
  for (const request of input.otherRequests) {
    if (request.tid === tid) events.push({ ns: request.readNs ?? request.startNs, edge: 'read', request });
    if ((request.responseTid ?? request.tid) === tid) events.push({ ns: request.endNs, edge: 'write', request });
  }
  if (tid === input.requestTid) events.push({ ns: readNsOf(input), edge: 'read', request: 'ours' });
  if (tid === input.responseTid) events.push({ ns: input.requestEndNs, edge: 'write', request: 'ours' });
  for (const call of input.calls) {
    if (call.tid !== tid) continue;
    events.push({ ns: call.startNs - (call.connectNs ?? 0), edge: 'call', call });
    if ((call.responseTid ?? tid) === tid) events.push({ ns: call.endNs, edge: 'answer', call });
  }
  // From where a wait begins: what came during it is what it ended with.
  for (const slice of index.slices(tid)) if (waitsForInput(slice)) events.push({ ns: slice.startNs, edge: 'wait' });
  return events.sort((a, b) => a.ns - b.ns || ORDER[a.edge] - ORDER[b.edge]);
}
