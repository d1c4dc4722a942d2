/** Time that passed before anybody began with the request: it lay unread, or waited for a thread. */
import { ledgerOf } from './ledger.js';
import { readNsOf } from './path-input.js';
import { IDLE_CPU } from './path-refinements.js';
import type { PathSegment } from './profile.js';
import { countText, durationText, shareText } from './quantities.js';
import type { Cause } from './verdict.js';
import type { Part, VerdictInput } from './verdict-parts.js';
import { entryText, functionValues, lengthOf, othersText, partsOf, threadOf, threadText } from './verdict-parts.js';
import { KIND_TEXTS } from './verdict-texts.js';

/** null: it was begun soon enough. */
export function queueCause(verdict: VerdictInput, tookNs: number, mainShare: number): { cause: Cause; part: Part } | null {
  const { input, stacks } = verdict;
  const { untilNs, point } = begunAt(verdict);
  const queuedNs = untilNs - input.requestStartNs;
  if (!(queuedNs >= tookNs * mainShare)) return null;
  const before = verdict.path.filter((one) => one.startNs < untilNs).map((one): PathSegment => ({ ...one, endNs: Math.min(one.endNs, untilNs) }));
  const [part] = partsOf(before, ledgerOf(before, tookNs)).filter((one) => one.segments.length > 0);
  if (!part) return null;
  const busy = part.kind === 'other_request';
  const [main] = part.entries;
  const ofMain = part.segments.filter((one) => one.object === main.object);
  const hot = busy ? functionValues(stacks, ofMain).function : undefined;
  const [request] = ofMain.map((one) => one.call).filter((call) => call !== null);
  const thread = threadOf(part.segments, input);
  return {
    part,
    cause: {
      name: 'queue',
      values: {
        time: durationText(queuedNs), share: shareText(queuedNs / tookNs), thread: threadText(thread, input), point,
        request: busy ? entryText(main) || 'other work' : '', others: busy ? othersText(part.entries, 'other') : '', function: hot, spent: durationText(lengthOf(ofMain)),
        reason: busy || part.kind === 'unexplained' ? '' : reasonText(part),
      },
      lookAt: request ? [{ label: entryText(main), requestId: request.id }] : [{ label: `thread ${threadText(thread, input)}`, tid: thread, ns: part.segments[0].startNs }],
    },
  };
}

function reasonText({ kind, entries }: Part): string {
  const [known] = kind === 'run_queue' ? entries.filter((entry) => entry.object !== '' && !entry.object.startsWith(IDLE_CPU)) : [];
  return known ? `its thread got no CPU until then, ${entryText(known)} ran instead` : `its thread was ${KIND_TEXTS[kind]} until then`;
}

/** When it was read, or, behind it, when the thread that answered had done with the requests before. */
function begunAt({ input, path }: VerdictInput): { untilNs: number; point: string } {
  const readNs = readNsOf(input);
  let untilNs = readNs;
  if (input.responseTid !== input.requestTid) {
    for (const { tid, kind, startNs, endNs } of path) {
      if (startNs > untilNs && startNs > readNs && kind !== 'other_request' && kind !== 'run_queue') break;
      if (kind === 'other_request' && tid === input.responseTid) untilNs = Math.max(untilNs, endNs);
    }
  }
  return untilNs > readNs ? { untilNs, point: 'a thread was free for it' } : { untilNs, point: 'the application read the request' };
}

export function poolCause(part: Part, { input, stacks }: VerdictInput): Cause {
  const [main] = part.entries;
  const segments = part.segments.filter((one) => one.object === main.object);
  const loop = threadOf(part.segments, input);
  const pid = input.threads.find((one) => one.tid === loop)?.pid;
  const slices = input.threads.find((one) => one.tid === loop)?.slices ?? [];
  const overlaps = (startNs: number, endNs: number): boolean => part.segments.some((one) => one.startNs < endNs && startNs < one.endNs);
  const wakers = slices.filter((one) => one.wokenBy && one.wokenBy.pid === pid && one.wokenBy.tid !== loop && overlaps(one.startNs, one.endNs)).map((one) => one.wokenBy!.tid);
  const known = input.threads.filter((one) => one.pid === pid && input.poolThreads?.has(one.tid)).map((one) => one.tid);
  const pool = new Set([...wakers, ...known]);
  const stretches = [...pool].flatMap((tid) => segments.map((one) => ({ ...one, tid })));
  const [request] = segments.map((one) => one.call).filter((call) => call !== null);
  return {
    name: 'pool',
    values: {
      busy: pool.size > 1 ? `${countText(pool.size, 'thread')} were` : 'its thread was', request: entryText(main) || 'other work', others: othersText(part.entries, 'other'),
      ...functionWords(functionValues(stacks, stretches)),
    },
    lookAt: request ? [{ label: entryText(main), requestId: request.id }] : undefined,
  };
}

function functionWords({ function: name, amount }: { function?: string; amount?: string }): { function?: string; amount?: string } {
  return { function: name, amount };
}
