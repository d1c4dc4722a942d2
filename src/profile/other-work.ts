/**
 * When was a thread working for another request than ours?
 *
 * Known are only the times at which it read requests and wrote responses. Between two waits for input a thread works without
 * changing its mind: what precedes the write of a response was work for that response, what follows the read of a request was
 * work for that request, and what follows the answer to a call of a request too. What no rule decides is taken to be ours.
 */
import type { CallOwners } from './call-owners.js';
import type { PathInput } from './path-input.js';
import { readNsOf } from './path-input.js';
import type { CallRef, Slice } from './profile.js';
import type { SliceIndex } from './slice-index.js';
import { waitsForInput } from './slice-index.js';

export interface OtherWork {
  startNs: number;
  endNs: number;
  /** null: before ours was read, for a request that was not seen. */
  request: CallRef | null;
}

interface Mark { ns: number; edge: 'begin' | 'read' | 'write' | 'end'; request: CallRef | 'ours' }

/** Servers that read what several clients ask and do it at once, but write all the answers at the end of the loop's turn. */
const ANSWERS_LATER = new Set(['redis']);

/** In order of time, without overlaps. */
export function otherWork(input: PathInput, index: SliceIndex, tid: number, owners: CallOwners): OtherWork[] {
  const { requestStartNs, requestEndNs } = input;
  const overlaps = ({ startNs, endNs }: CallRef): boolean => endNs > startNs && endNs > requestStartNs && startNs < requestEndNs;
  const others = input.otherRequests.filter((other) => (other.tid === tid || other.responseTid === tid) && overlaps(other));
  const unreadUntilNs = tid === input.requestTid ? readNsOf(input) : requestStartNs;
  if (others.length === 0 && unreadUntilNs <= requestStartNs) return [];
  if (tid === input.responseTid && tid !== input.requestTid && oneAfterTheOther(others, input)) return whole(others, input);
  const marks = marksOf(input, others, tid, owners);
  const answersLater = ANSWERS_LATER.has(input.request?.protocol ?? '');
  return bursts(input, index, tid).flatMap((burst) => workOfBurst(burst, marks, unreadUntilNs, answersLater));
}

/** A pool's thread: it took ours only when it had answered the others, their waits included. */
function oneAfterTheOther(others: readonly CallRef[], input: PathInput): boolean {
  const ordered = [...others].sort((a, b) => a.startNs - b.startNs);
  return ordered.every((other, i) => other.endNs < input.requestEndNs && (i === 0 || ordered[i - 1].endNs <= other.startNs));
}

function whole(others: readonly CallRef[], input: PathInput): OtherWork[] {
  return others
    .map((request) => ({ startNs: Math.max(request.startNs, input.requestStartNs), endNs: request.endNs, request }))
    .sort((a, b) => a.startNs - b.startNs);
}

/** Stretches of the thread without a wait for input. */
function bursts(input: PathInput, index: SliceIndex, tid: number): [number, number][] {
  const found: [number, number][] = [];
  const slices = index.slices(tid);
  let startNs = input.requestStartNs;
  for (let i = Math.max(0, index.indexBefore(tid, startNs)); i < slices.length && slices[i].startNs < input.requestEndNs; i++) {
    const slice = slices[i];
    if (slice.endNs <= startNs || !endsBurst(input, slice, tid)) continue;
    if (slice.startNs > startNs) found.push([startNs, slice.startNs]);
    startNs = slice.endNs;
  }
  if (startNs < input.requestEndNs) found.push([startNs, input.requestEndNs]);
  return found;
}

/** A blocking read of a call's answer is part of the work; any other wait for input is the end of it. */
function endsBurst(input: PathInput, slice: Slice, tid: number): boolean {
  if (slice.kind !== 'network') return waitsForInput(slice);
  return !input.calls.some((call) => call.tid === tid && call.startNs < slice.endNs && call.endNs >= slice.endNs);
}

function marksOf(input: PathInput, others: readonly CallRef[], tid: number, owners: CallOwners): Mark[] {
  const marks: Mark[] = [];
  for (const request of others) {
    if (request.tid === tid) marks.push({ ns: request.readNs ?? request.startNs, edge: 'read', request });
    if ((request.responseTid ?? request.tid) === tid) marks.push({ ns: request.endNs, edge: 'write', request });
  }
  if (tid === input.requestTid) marks.push({ ns: readNsOf(input), edge: 'read', request: 'ours' });
  if (tid === input.responseTid) marks.push({ ns: input.requestEndNs, edge: 'write', request: 'ours' });
  for (const [call, request] of owners) if ((call.responseTid ?? call.tid) === tid) marks.push({ ns: call.endNs, edge: 'read', request });
  return marks.sort((a, b) => a.ns - b.ns);
}

function workOfBurst([startNs, endNs]: [number, number], marks: readonly Mark[], unreadUntilNs: number, answersLater: boolean): OtherWork[] {
  const work: OtherWork[] = [];
  let before: Mark = { ns: startNs, edge: 'begin', request: 'ours' };
  const within = marks.filter((mark) => mark.ns >= startNs && mark.ns <= endNs);
  for (const next of [...within, { ns: endNs, edge: 'end', request: 'ours' } satisfies Mark]) {
    const owner = ownerBetween(before, next, answersLater);
    const unseen = owner === 'ours' && next.ns <= unreadUntilNs;
    if (next.ns > before.ns && (owner !== 'ours' || unseen)) {
      work.push({ startNs: before.ns, endNs: next.ns, request: owner === 'ours' ? null : owner });
    }
    before = next;
  }
  return work;
}

function ownerBetween(before: Mark, next: Mark, answersLater: boolean): CallRef | 'ours' {
  if (answersLater && before.edge === 'read') return before.request;
  if (next.edge === 'write') return next.request;
  if (before.edge === 'read') return before.request;
  if (before.edge === 'begin' && next.edge === 'read') return next.request;
  return 'ours';
}
