/** What somebody did meanwhile, in a clause: the main part of its path. Goes from service to service. */
import { criticalPath } from './critical-path.js';
import { ledgerOf } from './ledger.js';
import { holderOf, lockOf, lockText } from './locks.js';
import type { PathInput } from './path-input.js';
import { requestName } from './path-input.js';
import type { CallRef, PathSegment, ProcessWork } from './profile.js';
import { durationText, nameText } from './quantities.js';
import { sameStacks } from './stack-facts.js';
import type { VerdictInput } from './verdict-parts.js';
import { entryText, functionValues, lengthOf, partsOf, summed } from './verdict-parts.js';
import type { VerdictValues } from './verdict-texts.js';
import { DOING_TEXTS, fillText, HOLDER_TEXTS } from './verdict-texts.js';

/** Below this it is not what somebody mainly did. */
const MAIN_SHARE = 0.4;
const MAX_CLAUSES = 4;
/** The holder of a lock was at a request for so much of the time that others waited: else it was between two. */
const BUSY_SHARE = 0.5;

/** '' when nothing stands out. */
export function doing(path: readonly PathSegment[], verdict: VerdictInput, clauses = 0): string {
  const [main] = partsOf(path, ledgerOf(path, lengthOf(path)));
  if (!main || main.share < MAIN_SHARE || clauses >= MAX_CLAUSES) return '';
  const values: VerdictValues = { object: entryText(main.entries[0]) || (main.kind === 'peer' ? 'another service' : '') };
  switch (main.kind) {
    case 'cpu':
      return fillText(DOING_TEXTS.cpu, { ...values, ...textValues(functionValues(verdict.stacks, main.segments)) });
    case 'other_request':
      return fillText(DOING_TEXTS.other_request, { ...values, spent: durationText(main.ns), ...textValues(functionValues(verdict.stacks, main.segments)) });
    case 'lock': {
      const [segment] = [...main.segments].sort((a, b) => (b.endNs - b.startNs) - (a.endNs - a.startNs));
      const holder = holderOf(segment.object);
      const held = main.segments.filter((one) => one.object === segment.object);
      const what = segment.holder && clauses < MAX_CLAUSES - 1 ? holderDoing(segment.holder, held, verdict) : '';
      return fillText(DOING_TEXTS.lock, { lock: lockText(lockOf(segment.object)), holder: nameText(holder), doing: what });
    }
    case 'peer': {
      const segments = main.segments.filter((one) => one.object === main.entries[0].object);
      return fillText(DOING_TEXTS.peer, { ...values, inside: insideText(segments, verdict, clauses + 1) });
    }
    default:
      return fillText(DOING_TEXTS[main.kind], values);
  }
}

/** `postgres (pid 123) waited for ...`: what the server of these calls did; of several services the one that took longest. */
export function insideText(segments: readonly PathSegment[], verdict: VerdictInput, clauses = 0): string {
  const seen = segments.filter((one) => one.inside && one.inside.length > 0).map((one) => ({ ns: one.endNs - one.startNs, segment: one, service: serviceOf(one, verdict) }));
  const [main] = summed(seen, (one) => one.service);
  if (!main) return '';
  const ofMain = seen.filter((one) => one.service === main[0]).map((one) => one.segment);
  const what = doing(ofMain.flatMap((one) => one.inside ?? []), verdict, clauses);
  if (what === '') return '';
  const processes = new Set(ofMain.map((one) => one.call?.server?.pid)).size;
  return processes > 1 ? `${processes} processes of ${nameText(main[0])} ${what.replace(/^was /, 'were ')}` : `${whoOf(ofMain[0], verdict)} ${what}`;
}

function whoOf(segment: PathSegment, verdict: VerdictInput): string {
  const work = workOf(segment, verdict);
  return work ? `${nameText(work.service || work.name)} (pid ${work.pid})` : 'its server';
}

function serviceOf(segment: PathSegment, verdict: VerdictInput): string {
  const work = workOf(segment, verdict);
  return work ? work.service || work.name : '';
}

function workOf({ call }: PathSegment, { input }: VerdictInput): ProcessWork | undefined {
  return input.processes?.find((one) => one.pid === call?.server?.pid);
}

export function textValues({ function: name, amount }: { function?: string; amount?: string }): VerdictValues {
  return { function: name, amount };
}

/** What the holder did in the time that others waited: its own path, or, of a database's process, its transaction. */
export function holderDoing(holder: { pid: number; tid: number }, held: readonly PathSegment[], verdict: VerdictInput): string {
  const { input } = verdict;
  const work = input.processes?.find((one) => one.pid === holder.pid);
  const transaction = work && !isOwnProcess(holder.pid, input) ? transactionText(work, held, holder, verdict) : '';
  return transaction || ownDoing(holder, held, verdict, work);
}

function ownDoing({ tid, pid }: { pid: number; tid: number }, held: readonly PathSegment[], verdict: VerdictInput, work: ProcessWork | undefined): string {
  const { input } = verdict;
  const own = isOwnProcess(pid, input);
  const path = held.flatMap((segment) => criticalPath({
    threads: input.threads, processes: input.processes, ...sameStacks(input), requestStartNs: segment.startNs, requestEndNs: segment.endNs, requestTid: tid, responseTid: tid,
    calls: own ? input.calls : work?.calls ?? [], otherRequests: [],
  }));
  return doing(path, verdict);
}

/** `was idle in transaction`: it held the lock while its client did something else. */
function transactionText({ requests }: ProcessWork, held: readonly PathSegment[], holder: { pid: number; tid: number }, verdict: VerdictInput): string {
  const heldNs = lengthOf(held);
  const within = (one: CallRef): number => held.reduce((sum, { startNs, endNs }) => sum + Math.max(0, Math.min(endNs, one.endNs) - Math.max(startNs, one.startNs)), 0);
  const during = requests.map((one) => ({ one, ns: within(one) })).sort((a, b) => b.ns - a.ns);
  const busyNs = during.reduce((sum, { ns }) => sum + ns, 0);
  if (busyNs >= heldNs * BUSY_SHARE && during.length > 0) {
    return fillText(HOLDER_TEXTS.at, { statement: nameText(requestName(during[0].one)), doing: ownDoing(holder, held, verdict, undefined) });
  }
  const before = requests.filter((one) => one.endNs <= held[held.length - 1].endNs && !/^(commit|end|rollback|abort)\b/.test(one.endpoint));
  const last = before.at(-1);
  return last ? fillText(HOLDER_TEXTS.idle_in_transaction, { statement: /^(begin|start)\b/.test(last.endpoint) ? '' : nameText(requestName(last)) }) : '';
}

export function isOwnProcess(pid: number, input: PathInput): boolean {
  return pid === input.threads.find((one) => one.tid === input.responseTid)?.pid;
}
