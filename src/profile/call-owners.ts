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

/** Times come over two ways from one clock; they may differ by this much. */
const SLACK_NS = 200_000;

/** Events at the same time: what was answered or read comes before what that led to, and a wait is last. */
const ORDER: Readonly<Record<Event['edge'], number>> = { answer: 0, read: 1, call: 2, write: 3, wait: 4 };

export function callOwners(input: PathInput, index: SliceIndex): CallOwners {
  const owners = new Map<CallRef, Owner>();
  if (input.otherRequests.length === 0) return owners;
  for (const tid of new Set(input.calls.map((call) => call.tid))) ownersOnThread(eventsOf(input, index, tid), owners, input.requestEndNs);
  return owners;
}

/**
 * Calls that may be ours: all but those that are known to be another request's. Of those that began before our request came, only
 * such as were answered while nothing of ours was under way: we may have waited with others for the same answer.
 */
export function withoutOthersCalls(input: PathInput, owners: CallOwners): CallRef[] {
  const passesOn = input.calls.some((call) => owners.get(call) === 'ours' && call.endpoint === input.request?.endpoint);
  const rest = input.calls.filter((call) => {
    const owner = owners.get(call) ?? (passesOn && isPassedOn(call, input) ? null : 'ours');
    return owner === 'ours';
  });
  const isEarly = (call: CallRef): boolean => call.startNs < input.requestStartNs - SLACK_NS;
  const own = rest.filter((call) => !isEarly(call));
  return rest.filter((call) => !isEarly(call) || !own.some((one) => one.tid === call.tid && one.startNs <= call.endNs && one.endNs >= call.endNs));
}

/** A proxy's: it bears the name of another request that was under way all the time. */
function isPassedOn(call: CallRef, { otherRequests }: PathInput): boolean {
  return otherRequests.some((one) => one.tid === call.tid && one.endpoint === call.endpoint && one.startNs <= call.startNs && one.endNs >= call.endNs);
}

function ownersOnThread(events: readonly Event[], owners: Map<CallRef, Owner>, oursEndNs: number): void {
  let last: Owner | null = null;
  // Programs put calls off until the end of the loop's turn: what follows another request may be what ours had put off.
  let oursBefore = false;
  for (const event of events) {
    if (event.edge === 'call') {
      if (last !== null && (last === 'ours' || !oursBefore) && endsBefore(event.call, last, oursEndNs)) owners.set(event.call, last);
      continue;
    }
    if (event.edge === 'wait') oursBefore = false;
    last = event.edge === 'read' ? event.request : event.edge === 'answer' ? owners.get(event.call) ?? null : null;
    oursBefore ||= last === 'ours';
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
