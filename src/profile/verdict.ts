/** The verdict: one or two sentences on why the request took as long as it did. */
import { criticalPath } from './critical-path.js';
import { ledgerOf } from './ledger.js';
import { holderOf, lockOf, threadName } from './locks.js';
import type { PathInput } from './path-input.js';
import { readNsOf, requestName } from './path-input.js';
import type { CallRef, Cause as ProfileCause, LedgerEntry, LedgerKind, LookAt, PathSegment } from './profile.js';
import { countText, durationText, nameText, shareText } from './quantities.js';
import type { VerdictCase, VerdictValues } from './verdict-texts.js';
import { DOING_TEXTS, fillText, KIND_TEXTS, VERDICT_OPENING, VERDICT_TEXTS } from './verdict-texts.js';

export interface VerdictInput {
  /** How the request is called: `GET /report`. */
  label: string;
  input: PathInput;
  path: readonly PathSegment[];
  ledger: readonly LedgerEntry[];
  /** The endpoint's usual duration. */
  usualNs?: number | null;
  /** By call id: how long the call took at the peer's own server, where that is traced too. */
  serverNs?: ReadonlyMap<string, number>;
  /** Of the connections to the peers. */
  network?: { rttNs: number | null; retransmits: number } | null;
  /** Where the samples on the path mostly were. */
  hotFunction?: string;
}

/** From this share on a kind is the cause. */
const MAIN_SHARE = 0.5;
/** Below this none of them stands out. */
const NOTABLE_SHARE = 0.25;
/** Up to this factor of the usual duration nothing is wrong. */
const USUAL_FACTOR = 1.3;
/** At the peer's server: so much of the call's time is all of it, so little hardly any. */
const SERVER_ALL = 0.9;
const SERVER_LITTLE = 0.2;

export interface Verdict { verdict: string; cause: ProfileCause; lookAt: LookAt[] }

export function verdictOf(verdict: VerdictInput): Verdict {
  const { input } = verdict;
  const tookNs = input.requestEndNs - input.requestStartNs;
  if (!(tookNs > 0)) {
    const text = fillText(VERDICT_OPENING.alone, { label: nameText(verdict.label), took: durationText(0) });
    return { verdict: text, cause: { name: 'nothing', kind: '', object: '', share: 0 }, lookAt: [] };
  }
  const { name, values } = causeOf(verdict, tookNs);
  const [main] = verdict.ledger;
  return {
    verdict: `${openingOf(verdict, tookNs)} ${fillText(VERDICT_TEXTS[name], values)}`,
    cause: { name, kind: main?.kind ?? '', object: main?.object ?? '', share: main?.share ?? 0 }, lookAt: [],
  };
}

function openingOf({ label, usualNs }: VerdictInput, tookNs: number): string {
  const known = usualNs !== undefined && usualNs !== null && usualNs > 0;
  const form = !known ? 'alone' : tookNs > usualNs * USUAL_FACTOR ? 'slower' : 'usual';
  return fillText(VERDICT_OPENING[form], { label: nameText(label), took: durationText(tookNs), usual: known ? durationText(usualNs) : '' });
}

interface Cause { name: VerdictCase; values: VerdictValues }

/** All of the path that is of one kind. */
interface Part { kind: LedgerKind; ns: number; share: number; entries: readonly LedgerEntry[]; segments: readonly PathSegment[] }

function causeOf(verdict: VerdictInput, tookNs: number): Cause {
  const queue = queueCause(verdict, tookNs);
  if (queue) return queue;
  const parts = partsOf(verdict.path, verdict.ledger);
  const [main] = parts;
  if (!main || main.share < MAIN_SHARE) {
    return { name: !main || main.share < NOTABLE_SHARE ? 'nothing' : 'mixed', values: { parts: partsText(parts) } };
  }
  const cause = CAUSES[main.kind](main, verdict);
  return { name: cause.name, values: { time: durationText(main.ns), share: shareText(main.share), thread: threadText(main, verdict.input), ...cause.values } };
}

function partsOf(path: readonly PathSegment[], ledger: readonly LedgerEntry[]): Part[] {
  const kinds = [...new Set(ledger.map((entry) => entry.kind))];
  const parts = kinds.map((kind): Part => {
    const entries = ledger.filter((entry) => entry.kind === kind);
    const sum = (of: 'ns' | 'share'): number => entries.reduce((total, entry) => total + entry[of], 0);
    return { kind, ns: sum('ns'), share: sum('share'), entries, segments: path.filter((segment) => segment.kind === kind) };
  });
  return parts.sort((a, b) => b.ns - a.ns);
}

function partsText(parts: readonly Part[]): string {
  const said = parts.slice(0, 3).map(({ kind, ns, share }) => `${shareText(share)} ${KIND_TEXTS[kind]} (${durationText(ns)})`);
  return said.join(', ') || 'no events of it were recorded';
}

const CAUSES: Record<LedgerKind, (part: Part, verdict: VerdictInput) => Cause> = {
  cpu: (_part, verdict) => ({ name: 'cpu', values: { function: nameText(verdict.hotFunction ?? ''), probably: sharedThread(verdict.input) ? 'probably' : '' } }),
  run_queue: runQueueCause,
  lock: lockCause,
  peer: peerCause,
  file: (part) => ({ name: 'file', values: { file: objectText(part), others: othersText(part.entries, 'file') } }),
  fault: (part) => ({ name: 'fault', values: { object: objectText(part) } }),
  sleep: (part) => ({ name: 'sleep', values: { object: objectText(part) } }),
  other_request: (part) => ({ name: 'other_request', values: { request: objectText(part), others: othersText(part.entries, 'other') } }),
  idle: () => ({ name: 'idle', values: {} }),
  throttled: () => ({ name: 'run_queue_idle', values: {} }),
  pool: (part) => ({ name: 'other', values: { object: objectText(part) } }),
  wire: (part) => ({ name: 'peer_unknown', values: { peer: objectText(part) } }),
  gc: (part) => ({ name: 'other', values: { object: objectText(part) } }),
  unread: (part) => ({ name: 'other', values: { object: objectText(part) } }),
  other: (part) => ({ name: 'other', values: { object: objectText(part) } }),
  unexplained: (part) => ({ name: 'unexplained', values: { missing: nameText(part.segments.find((segment) => segment.object !== '')?.object ?? '') } }),
};

/** Most of the time went by before the request was read at all. */
function queueCause(verdict: VerdictInput, tookNs: number): Cause | null {
  const readNs = readNsOf(verdict.input);
  const queuedNs = readNs - verdict.input.requestStartNs;
  if (!(queuedNs >= tookNs * MAIN_SHARE)) return null;
  const before = verdict.path.filter((segment) => segment.startNs < readNs).map((segment) => ({ ...segment, endNs: Math.min(segment.endNs, readNs) }));
  const [main] = partsOf(before, ledgerOf(before, queuedNs));
  const busy = main.kind === 'other_request';
  const values = {
    time: durationText(queuedNs), share: shareText(queuedNs / tookNs), thread: threadText(main, verdict.input),
    request: busy ? objectText(main) || 'other work' : '', reason: busy || main.kind === 'unexplained' ? '' : `its thread was ${KIND_TEXTS[main.kind]} until then`,
  };
  return { name: 'queue', values };
}

/** As thread-slices.ts calls it. */
const IDLE_CPU = 'an idle CPU';

function runQueueCause(part: Part): Cause {
  const known = part.entries.filter((entry) => entry.object !== '' && !entry.object.startsWith(IDLE_CPU));
  if (known.length === 0) return { name: 'run_queue_idle', values: {} };
  return { name: 'run_queue', values: { who: [objectTextOf(known[0]), othersText(known, 'other')].filter((text) => text !== '').join(' and ') } };
}

function lockCause(part: Part, verdict: VerdictInput): Cause {
  const locks = summed(part.entries, (entry) => lockOf(entry.object));
  const [[lock]] = locks;
  const holders = summed(part.entries.filter((entry) => lockOf(entry.object) === lock), (entry) => holderOf(entry.object)).filter(([holder]) => holder !== '');
  if (holders.length === 0) return { name: 'lock_unknown', values: { lock: nameText(lock) } };
  const [[holder, heldNs]] = holders;
  const held = part.segments.filter((segment) => lockOf(segment.object) === lock && holderOf(segment.object) === holder);
  const thread = verdict.input.threads.find((one) => threadName(one) === holder);
  return {
    name: 'lock',
    values: {
      lock: nameText(lock), holder: nameText(holder), others: holders.length > 1 ? countText(holders.length - 1, 'other') : '',
      // That the waker is the holder is known of locks; that it held it for so little of the wait speaks against it.
      probably: thread && heldNs >= part.ns * MAIN_SHARE ? '' : 'probably',
      serving: thread ? servingText(thread.tid, held, verdict.input) : '', doing: thread ? doingText(thread.tid, held, verdict.input) : '',
    },
  };
}

function servingText(tid: number, held: readonly PathSegment[], input: PathInput): string {
  const overlaps = (request: CallRef): boolean => held.some((segment) => segment.startNs < request.endNs && request.startNs < segment.endNs);
  const served = input.otherRequests.find((request) => request.tid === tid && overlaps(request));
  return served ? nameText(requestName(served)) : '';
}

/** The holder's own critical path while it held the lock, in a few words. */
function doingText(tid: number, held: readonly PathSegment[], input: PathInput): string {
  const paths = held.flatMap((segment) => criticalPath({
    ...input, requestStartNs: segment.startNs, requestEndNs: segment.endNs, requestReadNs: undefined, requestTid: tid, responseTid: tid, otherRequests: [],
  }));
  const heldNs = held.reduce((total, segment) => total + segment.endNs - segment.startNs, 0);
  const [main] = partsOf(paths, ledgerOf(paths, heldNs));
  if (!main || main.share < MAIN_SHARE) return '';
  return fillText(DOING_TEXTS[main.kind], { object: objectText(main) || 'another service' });
}

function peerCause(part: Part, verdict: VerdictInput): Cause {
  const [main] = part.entries;
  const calls = [...new Set(part.segments.filter((segment) => segment.object === main.object).map((segment) => segment.call))].filter((call) => call !== null);
  const network = networkText(verdict.network);
  if (calls.length === 0) return { name: 'peer_unknown', values: { peer: objectText(part), network } };
  const others = new Set(part.entries.slice(1).map((entry) => entry.object)).size;
  const peer = others === 0 ? objectText(part) : `${objectText(part)} (${durationText(main.ns)}) and ${countText(others, 'other')}`;
  return { name: 'peer', values: { peer, calls: calls.length > 1 ? countText(calls.length, 'call') : '', network, ...serverText(calls, verdict.serverNs) } };
}

/** Only when the peer's time is known of every call: a part of them proves nothing. */
function serverText(calls: readonly CallRef[], serverNs: ReadonlyMap<string, number> | undefined): VerdictValues {
  let atServerNs = 0;
  let tookNs = 0;
  for (const call of calls) {
    const ns = serverNs?.get(call.id);
    if (ns === undefined) return {};
    atServerNs += ns;
    tookNs += call.endNs - call.startNs;
  }
  const text = durationText(atServerNs);
  if (atServerNs >= tookNs * SERVER_ALL) return { serverAll: text };
  return atServerNs <= tookNs * SERVER_LITTLE ? { serverLittle: text } : { server: text };
}

function networkText(network: VerdictInput['network']): string {
  if (!network) return '';
  const rtt = network.rttNs === null ? '' : `round trip ${durationText(network.rttNs)}, `;
  return network.retransmits > 0
    ? `The network lost packets: ${rtt}${countText(network.retransmits, 'retransmit')}.`
    : `The network lost nothing (${rtt}no retransmits).`;
}

/** Did the thread serve other requests in the same time? Then what it computed may have been theirs. */
function sharedThread(input: PathInput): boolean {
  return input.otherRequests.some((other) => other.tid === input.responseTid && other.startNs < input.requestEndNs && other.endNs > input.requestStartNs);
}

function threadText(part: Part, input: PathInput): string {
  const [[tid]] = summed(part.segments.map((segment) => ({ ns: segment.endNs - segment.startNs, tid: segment.tid })), (one) => one.tid, [input.responseTid, 0]);
  const thread = input.threads.find((one) => one.tid === tid);
  return nameText(thread ? threadName(thread) : String(tid));
}

function summed<T extends { ns: number }, K>(all: readonly T[], keyOf: (one: T) => K, ifEmpty?: [K, number]): [K, number][] {
  const sums = new Map<K, number>();
  for (const one of all) sums.set(keyOf(one), (sums.get(keyOf(one)) ?? 0) + one.ns);
  if (sums.size === 0 && ifEmpty) return [ifEmpty];
  return [...sums].sort((a, b) => b[1] - a[1]);
}

function objectText(part: Part): string {
  return part.entries.length > 0 ? objectTextOf(part.entries[0]) : '';
}

function objectTextOf(entry: LedgerEntry): string {
  return nameText(entry.object);
}

function othersText(entries: readonly LedgerEntry[], noun: string): string {
  return entries.length > 1 ? countText(entries.length - 1, noun === 'other' ? 'other' : `other ${noun}`) : '';
}
