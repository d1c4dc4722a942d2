/**
 * From a job of the capture thread (profile-jobs.ts) to its profile, in the profile worker:
 *   window      the recorder's records around it        kernel/recorder.ts
 *   timelines   exact slices per thread                 profile/thread-slices.ts
 *   path        what the request's time depended on     profile/critical-path.ts
 *   ledger      sums to 100 %                           profile/ledger.ts
 *   verdict     one sentence                            profile/verdict.ts
 */
import type { FlightRecorder } from '../kernel/recorder.js';
import { criticalPath } from '../profile/critical-path.js';
import { ledgerOf } from '../profile/ledger.js';
import type { PathInput } from '../profile/path-input.js';
import { ProcessObjects } from '../profile/process-objects.js';
import type { Profile, ThreadTimeline } from '../profile/profile.js';
import { noStacks } from '../profile/stacks.js';
import { readSwitch, timelines, type SwitchRecord } from '../profile/thread-slices.js';
import { verdictOf } from '../profile/verdict.js';
import type { RequestRecord } from '../requests/record.js';
import type { ProfileJob } from './profile-jobs.js';

/** How far back a thread's last switch may lie for its state at the window's start to be known. */
const LOOK_BACK_NS = 1e9;

export class Profiler {
  constructor(private readonly recorder: FlightRecorder) {}

  profile({ record, reason, startNs, endNs, fromNs, toNs, start, calls, otherRequests, peers }: ProfileJob): Profile {
    const switches: SwitchRecord[] = [];
    const remembered = this.recorder.window(fromNs - LOOK_BACK_NS, toNs + LOOK_BACK_NS, (view, offset) => {
      const one = readSwitch(view, offset);
      if (one.pid === record.pid) switches.push(one);
    });
    const threads = timelines({ switches, fromNs, toNs, surroundings: new ProcessObjects(record.pid, peers) });
    const request = { requestStartNs: startNs - fromNs, requestEndNs: endNs - fromNs };
    const input: PathInput = { threads, ...request, requestTid: record.requestTid, responseTid: record.responseTid, calls, otherRequests };
    const path = criticalPath(input);
    const ledger = ledgerOf(path, record.durationNs);
    markThreads(threads, record, new Set(path.map((segment) => segment.tid)));
    // SQL and Redis endpoints begin with the operation: `select orders *`, `GET`.
    const label = record.endpoint.toLowerCase().startsWith(record.operation.toLowerCase()) ? record.endpoint : `${record.operation} ${record.endpoint}`;
    return {
      requestId: record.id, service: record.service, endpoint: record.endpoint, operation: record.operation, protocol: record.protocol,
      status: record.status, error: record.error, pid: record.pid, reason, start, windowNs: toNs - fromNs, ...request, requestReadNs: request.requestStartNs,
      threads, stacks: noStacks(), logs: [], operations: [], moments: [], calls: [...input.calls], path, ledger,
      ...verdictOf({ label, input, path, ledger }), usual: null, pressure: { throttled: null, throttledNs: null, majorFaults: null },
      missing: whatIsMissing(threads, record, remembered, fromNs),
    };
  }
}

function markThreads(threads: ThreadTimeline[], record: RequestRecord, onPath: ReadonlySet<number>): void {
  for (const thread of threads) {
    thread.executed = thread.tid === record.responseTid || thread.tid === record.requestTid;
    thread.onPath = onPath.has(thread.tid);
  }
}

function whatIsMissing(threads: readonly ThreadTimeline[], record: RequestRecord, rememberedNs: number, fromNs: number): string[] {
  const missing: string[] = [];
  if (rememberedNs > fromNs) missing.push('The beginning is older than what the recorder still remembered.');
  if (!threads.some((thread) => thread.tid === record.responseTid)) missing.push('The thread that answered made no switch near the request: it ran through, or ended.');
  missing.push('Stacks and flame graphs are not recorded yet.');
  return missing;
}
