/**
 * From a job of the capture thread (profile-jobs.ts) to its profile, in the profile worker:
 *   evidence    the recorder's records of the window    profile/read-evidence.ts
 *   timelines   exact slices per thread                 profile/thread-slices.ts
 *   path        what the request's time depended on     profile/critical-path.ts
 *   ledger      sums to 100 %                           profile/ledger.ts
 *   verdict     one sentence                            profile/verdict.ts
 *   stacks      samples and blocks, with names          profile-stacks.ts
 */
import type { FlightRecorder } from '../kernel/recorder.js';
import { criticalPath } from '../profile/critical-path.js';
import type { Evidence, RetransmitRecord } from '../profile/evidence.js';
import { ledgerOf } from '../profile/ledger.js';
import { logLines } from '../profile/log-lines.js';
import { momentsOf } from '../profile/moments.js';
import { operationsOf } from '../profile/operations.js';
import type { PathInput } from '../profile/path-input.js';
import type { PressureLog } from '../profile/pressure-log.js';
import { ProcessObjects } from '../profile/process-objects.js';
import type { Profile, ThreadTimeline } from '../profile/profile.js';
import { readEvidence } from '../profile/read-evidence.js';
import { noStacks } from '../profile/stacks.js';
import { ThreadNotes } from '../profile/thread-notes.js';
import { timelines } from '../profile/thread-slices.js';
import { verdictOf } from '../profile/verdict.js';
import type { RequestRecord } from '../requests/record.js';
import type { StackNamer } from '../symbols/stack-request.js';
import type { ProfileJob } from './profile-jobs.js';
import { ProfileStacks } from './profile-stacks.js';
import { whatIsMissing } from './profile-missing.js';

/** How far back a thread's last switch may lie for its state at the window's start to be known. */
const LOOK_BACK_NS = 1e9;

export class Profiler {
  constructor(private readonly recorder: FlightRecorder, private readonly pressure: PressureLog, private readonly namer: StackNamer | null) {}

  /** @param handle called with the profile, and again when more names of its stacks are there */
  async profile(job: ProfileJob, handle: (profile: Profile) => void): Promise<void> {
    const { record, fromNs, toNs, calls } = job;
    const pids = new Set([record.pid, ...calls.flatMap((call) => (call.server ? [call.server.pid] : []))]);
    const evidence = readEvidence(this.recorder, { pids, fromNs, toNs, marginNs: LOOK_BACK_NS });
    const threads = timelines({
      switches: evidence.switches, fromNs, toNs, surroundings: new ProcessObjects(record.pid, job.peers, evidence.lives),
      notes: new ThreadNotes(evidence.blocks, evidence.operations), lives: evidence.lives,
    });
    const profile = this.#explained(job, evidence, threads);
    const stacks = new ProfileStacks(evidence, fromNs, threads);
    const { stacks: named, later } = await stacks.named(this.namer);
    profile.stacks = named;
    handle(profile);
    if (later === null) return;
    profile.stacks = stacks.apply(await later);
    handle(profile);
  }

  #explained(job: ProfileJob, evidence: Evidence, threads: ThreadTimeline[]): Profile {
    const { record, reason, startNs, endNs, fromNs, toNs, start, calls, otherRequests } = job;
    const request = { requestStartNs: startNs - fromNs, requestEndNs: endNs - fromNs };
    const input: PathInput = { threads, ...request, requestTid: record.requestTid, responseTid: record.responseTid, calls, otherRequests };
    const path = criticalPath(input);
    const ledger = ledgerOf(path, record.durationNs);
    markThreads(threads, record, new Set(path.map((segment) => segment.tid)));
    const retransmits = evidence.retransmits.filter((again) => concerns(again, job));
    return {
      requestId: record.id, service: record.service, endpoint: record.endpoint, operation: record.operation, protocol: record.protocol,
      status: record.status, error: record.error, pid: record.pid, reason, start, windowNs: toNs - fromNs, ...request, requestReadNs: request.requestStartNs,
      threads, stacks: noStacks(), logs: logLines(evidence.logs, fromNs), operations: operationsOf(evidence.operations, fromNs, toNs),
      moments: momentsOf({ lives: evidence.lives, retransmits, pid: record.pid, fromNs, toNs }), calls: [...calls], path, ledger,
      ...verdictOf({ label: labelOf(record), input, path, ledger }), usual: null, pressure: this.pressure.between(record.pid, startNs, endNs),
      missing: whatIsMissing({ threads, record, evidence, named: this.namer !== null }),
    };
  }
}

/** SQL and Redis endpoints begin with the operation: `select orders *`, `GET`. */
function labelOf({ operation, endpoint }: RequestRecord): string {
  return endpoint.toLowerCase().startsWith(operation.toLowerCase()) ? endpoint : `${operation} ${endpoint}`;
}

/** Of the request's own connection, or of one that its process has open to others. */
function concerns({ local, remote }: RetransmitRecord, { record, peers }: ProfileJob): boolean {
  return remote === record.client || remote === record.server || local === record.server || peers.some((peer) => peer.remote === remote);
}

function markThreads(threads: ThreadTimeline[], record: RequestRecord, onPath: ReadonlySet<number>): void {
  for (const thread of threads) {
    thread.executed = thread.tid === record.responseTid || thread.tid === record.requestTid;
    thread.onPath = onPath.has(thread.tid);
  }
}
