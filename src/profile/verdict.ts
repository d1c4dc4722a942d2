/** The verdict: one or two sentences on why the request took as long as it did. */
import type { PathInput } from './path-input.js';
import { readNsOf } from './path-input.js';
import { IDLE_CPU } from './path-refinements.js';
import type { Cause as ProfileCause, LedgerKind, LookAt, PathSegment } from './profile.js';
import { countText, durationText, nameText, shareText, sizeText } from './quantities.js';
import { lockCause } from './verdict-lock.js';
import type { Part, VerdictInput } from './verdict-parts.js';
import { entryText, functionValues, lengthOf, othersText, partsOf, threadOf, threadText } from './verdict-parts.js';
import { peerCause, wireCause } from './verdict-peer.js';
import { poolCause, queueCause } from './verdict-queue.js';
import type { VerdictCase, VerdictValues } from './verdict-texts.js';
import { fillText, KIND_TEXTS, VERDICT_OPENING, VERDICT_TEXTS } from './verdict-texts.js';

export type { VerdictInput } from './verdict-parts.js';

/** From this share on a kind is the cause; from the lesser one if it is well ahead of the next. */
const MAIN_SHARE = 0.5;
const AHEAD_SHARE = 0.35;
const AHEAD_FACTOR = 1.5;
/** Below this none of them stands out. */
const NOTABLE_SHARE = 0.25;
/** Up to this factor of the usual duration nothing is wrong. */
const USUAL_FACTOR = 1.3;

export interface Verdict { verdict: string; cause: ProfileCause; lookAt: LookAt[] }

export interface Cause {
  name: VerdictCase;
  values: VerdictValues;
  /** Instead of the largest line's. */
  object?: string;
  lookAt?: LookAt[];
}

export function verdictOf(verdict: VerdictInput): Verdict {
  const { input } = verdict;
  const tookNs = input.requestEndNs - input.requestStartNs;
  if (!(tookNs > 0)) {
    const text = fillText(VERDICT_OPENING.alone, { label: nameText(verdict.label), took: durationText(0) });
    return { verdict: text, cause: { name: 'nothing', kind: '', object: '', share: 0 }, lookAt: [] };
  }
  const { cause, part } = causeOf(verdict, tookNs);
  return {
    verdict: `${openingOf(verdict, tookNs)} ${fillText(VERDICT_TEXTS[cause.name], cause.values)}`,
    cause: causeFor(cause, part), lookAt: cause.lookAt ?? [],
  };
}

function causeFor(cause: Cause, part: Part | undefined): ProfileCause {
  const inside = part?.entries[0]?.inside?.[0];
  return {
    name: cause.name, kind: part?.kind ?? '', object: cause.object ?? part?.entries[0]?.object ?? '', share: part?.share ?? 0,
    ...(inside ? { inside: { name: inside.kind, kind: inside.kind, object: inside.object, share: inside.share } } : {}),
  };
}

function openingOf({ label, usual }: VerdictInput, tookNs: number): string {
  const usualNs = usual?.durationNs ?? 0;
  const form = !(usualNs > 0) ? 'alone' : tookNs > usualNs * USUAL_FACTOR ? 'slower' : 'usual';
  return fillText(VERDICT_OPENING[form], { label: nameText(label), took: durationText(tookNs), usual: durationText(usualNs) });
}

function causeOf(verdict: VerdictInput, tookNs: number): { cause: Cause; part: Part | undefined } {
  const queue = queueCause(verdict, tookNs, MAIN_SHARE);
  if (queue) return queue;
  const parts = partsOf(verdict.path, verdict.ledger);
  const part = mainPart(parts, verdict, tookNs);
  if (!part) return { part: parts[0], cause: { name: !parts[0] || parts[0].share < NOTABLE_SHARE ? 'nothing' : 'mixed', values: { parts: partsText(parts) } } };
  const cause = CAUSES[part.kind](part, verdict);
  const thread = threadText(threadOf(part.segments, verdict.input), verdict.input);
  return { part, cause: { ...cause, values: { time: durationText(part.ns), share: shareText(part.share), thread, ...cause.values }, lookAt: cause.lookAt ?? lookAtThread(part, thread) } };
}

/** What took most of the time; where it is known what is usual, what took most of the time beyond that. */
function mainPart(parts: readonly Part[], { usual }: VerdictInput, tookNs: number): Part | undefined {
  const [main, next] = parts;
  if (!main) return undefined;
  if (main.share >= MAIN_SHARE || (main.share >= AHEAD_SHARE && main.ns >= (next?.ns ?? 0) * AHEAD_FACTOR)) return main;
  const beyondNs = tookNs - (usual?.durationNs ?? tookNs);
  if (!usual || usual.ledger.length === 0 || beyondNs < tookNs * (1 - 1 / USUAL_FACTOR)) return undefined;
  const grown = parts.map((part) => ({ part, ns: part.ns - usualNsOf(usual.ledger, part.kind) })).sort((a, b) => b.ns - a.ns);
  return grown[0].ns >= beyondNs * MAIN_SHARE ? grown[0].part : undefined;
}

function usualNsOf(ledger: VerdictInput['ledger'], kind: LedgerKind): number {
  return ledger.reduce((sum, entry) => sum + (entry.kind === kind ? entry.ns : 0), 0);
}

function partsText(parts: readonly Part[]): string {
  const said = parts.slice(0, 3).map(({ kind, ns, share }) => `${shareText(share)} ${KIND_TEXTS[kind]} (${durationText(ns)})`);
  return said.join(', ') || 'no events of it were recorded';
}

/** The longest stretch of it, on its thread. */
function lookAtThread(part: Part, thread: string): LookAt[] {
  const longest = longestOf(part.segments);
  return longest ? [{ label: `thread ${thread}`, tid: longest.tid, ns: longest.startNs }] : [];
}

function longestOf(segments: readonly PathSegment[]): PathSegment | undefined {
  return segments.reduce<PathSegment | undefined>((most, one) => (!most || one.endNs - one.startNs > most.endNs - most.startNs ? one : most), undefined);
}

const CAUSES: Record<LedgerKind, (part: Part, verdict: VerdictInput) => Cause> = {
  cpu: cpuCause,
  gc: (part) => ({ name: 'gc', values: { object: entryText(part.entries[0]).replace(/^garbage collection$/, '') } }),
  run_queue: runQueueCause,
  throttled: (_part, { pressure }) => ({
    name: 'throttled', values: { times: countText(pressure?.throttled ?? 0, 'time'), throttled: durationText(pressure?.throttledNs ?? 0) },
  }),
  lock: lockCause,
  pool: poolCause,
  peer: peerCause,
  wire: wireCause,
  file: fileCause,
  fault: faultCause,
  sleep: sleepCause,
  other_request: otherRequestCause,
  idle: () => ({ name: 'idle', values: {} }),
  unread: (part) => ({ name: 'unread', values: { object: entryText(part.entries[0]) } }),
  other: (part) => ({ name: 'other', values: { object: entryText(part.entries[0]) } }),
  unexplained: (part) => ({ name: 'unexplained', values: { missing: nameText(part.segments.find((segment) => segment.object !== '')?.object ?? '') } }),
};

function cpuCause(part: Part, { stacks, input }: VerdictInput): Cause {
  const { function: name, amount } = functionValues(stacks, part.segments);
  return { name: 'cpu', object: name ?? '', values: { function: name, amount, probably: sharedThread(input) ? 'probably' : '' } };
}

/** Did the thread serve other requests in the same time? Then what it computed may have been theirs. */
function sharedThread(input: PathInput): boolean {
  return input.otherRequests.some((other) => other.tid === input.responseTid && other.startNs < input.requestEndNs && other.endNs > readNsOf(input));
}

function runQueueCause(part: Part): Cause {
  const known = part.entries.filter((entry) => entry.object !== '' && !entry.object.startsWith(IDLE_CPU));
  if (known.length === 0) return { name: 'run_queue_idle', values: {} };
  return { name: 'run_queue', object: known[0].object, values: { who: [entryText(known[0]), othersText(known, 'other')].filter((text) => text !== '').join(' and ') } };
}

function fileCause(part: Part): Cause {
  const flushed = /^(fsync|fdatasync|msync|sync|syncfs|sync_file_range)\b/.test(part.entries[0]?.object ?? '');
  return { name: flushed ? 'fsync' : 'file', values: { file: entryText(part.entries[0]), others: othersText(part.entries, flushed ? 'other' : 'other file') } };
}

function faultCause(part: Part, { pressure }: VerdictInput): Cause {
  const limited = (pressure?.memoryLimited ?? 0) > 0 && pressure?.memoryLimitBytes;
  return {
    name: limited ? 'fault_limit' : 'fault',
    values: {
      object: entryText(part.entries[0]), faults: pressure?.majorFaults ? countText(pressure.majorFaults, 'major fault') : '',
      limit: limited ? sizeText(limited) : '', times: limited ? countText(pressure.memoryLimited!, 'time') : '',
    },
  };
}

function sleepCause(part: Part, { stacks }: VerdictInput): Cause {
  if (part.entries[0]?.object === 'timer') return { name: 'timer', values: {} };
  return { name: 'sleep', values: { object: entryText(part.entries[0]), function: functionValues(stacks, part.segments).function } };
}

function otherRequestCause(part: Part, { stacks }: VerdictInput): Cause {
  const [main] = part.entries;
  const ofMain = part.segments.filter((one) => one.object === main.object);
  const { function: name } = functionValues(stacks, ofMain);
  const [request] = ofMain.map((one) => one.call).filter((call) => call !== null);
  return {
    name: 'other_request', values: { request: entryText(main), others: othersText(part.entries, 'other'), function: name, spent: durationText(lengthOf(ofMain)) },
    lookAt: request ? [{ label: entryText(main), requestId: request.id }] : undefined,
  };
}

