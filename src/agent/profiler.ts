/**
 * From a job of the capture thread (profile-jobs.ts) to its profile, in the profile worker:
 *   evidence    the recorder's records of the window    profile/read-evidence.ts
 *   timelines   exact slices per thread                 profile/thread-slices.ts
 *   stacks      samples and blocks, with names          profile-stacks.ts
 *   conclusions critical path, ledger, verdict          profile/conclusions.ts
 */
import type { FlightRecorder } from '../kernel/recorder.js';
import { boundThreads } from '../profile/bound-threads.js';
import { conclude, type ProfileFacts } from '../profile/conclusions.js';
import type { ChildProcess, RetransmitRecord } from '../profile/evidence.js';
import { logLines } from '../profile/log-lines.js';
import { momentsOf } from '../profile/moments.js';
import { addNetwork } from '../profile/network.js';
import { operationsOf } from '../profile/operations.js';
import type { PressureLog } from '../profile/pressure-log.js';
import { ProcessObjects, seenNames } from '../profile/process-objects.js';
import type { ProcessWork, Profile, ThreadTimeline } from '../profile/profile.js';
import { evidenceOf, readEvidence } from '../profile/read-evidence.js';
import { relatedProcesses } from '../profile/related-processes.js';
import { ThreadNotes } from '../profile/thread-notes.js';
import { timelines } from '../profile/thread-slices.js';
import { UsualProfiles } from '../profile/usual.js';
import type { Stacks } from '../profile/stacks.js';
import type { StackNamer } from '../symbols/stack-request.js';
import { bytesOf, type CutWindow } from './cut-window.js';
import type { ProfileJob } from './profile-jobs.js';
import { ProfileStacks, stacksToCome } from './profile-stacks.js';
import { whatIsMissing } from './profile-missing.js';

/** How far back a thread's last switch may lie for its state at the window's start to be known. */
const LOOK_BACK_NS = 1e9;

export class Profiler {
  readonly #usual = new UsualProfiles();

  constructor(private readonly recorder: FlightRecorder, private readonly pressure: PressureLog, private readonly namer: StackNamer | null) {}

  /** What the recorder knows of the job's window; at once, as it goes on overwriting. */
  cut(job: ProfileJob): CutWindow {
    const { record, request, fromNs, toNs } = job;
    const whole = readEvidence(this.recorder, { pids: new Set(job.processes.map(({ pid }) => pid)), forkedBy: record.pid, fromNs, toNs, marginNs: LOOK_BACK_NS });
    const related = relatedProcesses(job.processes, request, whole.switches, job.startNs, job.endNs);
    const processes = [...related, ...childProcesses(whole.children, related)];
    const evidence = evidenceOf(whole, new Set(processes.map(({ pid }) => pid)));
    const threads = timelines({
      switches: evidence.switches, fromNs, toNs, surroundings: new ProcessObjects(job.peers, whole.lives, seenNames(whole.switches, job.processes)),
      notes: new ThreadNotes(evidence.blocks, evidence.operations), lives: evidence.lives, running: evidence.running,
      samples: evidence.samples, wholeFromNs: evidence.wholeFromNs,
    });
    for (const thread of threads) thread.executed = thread.tid === record.responseTid || thread.tid === record.requestTid;
    // Tens of thousands of objects, which nobody asks for from here on.
    const { switches: _switches, ...rest } = evidence;
    const window = { job, processes, evidence: rest, threads };
    return { ...window, bytes: bytesOf(window) };
  }

  /**
   * @param handle called with the profile, and again when more names of its stacks are there
   * @returns when there are all names; null when they are there. The next profile need not wait for it.
   */
  async profile({ job, processes, evidence, threads }: CutWindow, handle: (profile: Profile) => void): Promise<{ named: Promise<void> } | null> {
    const stacks = new ProfileStacks(evidence, job.fromNs, threads);
    const { stacks: named, later } = await stacks.named(this.namer);
    const facts = this.#facts(job, processes, evidence, threads);
    const conclusions = (names: Stacks): Profile => bounded(conclude({ ...facts, stacks: names, missing: [...facts.missing, ...stacks.notes] }));
    const profile = conclusions(named);
    this.#usual.note(profile);
    handle(profile);
    return later === null ? null : { named: later.then((names) => handle(conclusions(stacks.apply(names)))) };
  }

  /** To be shown before anybody has had the time to look for names: they follow. The window stays as it is. */
  unnamed({ job, processes, evidence, threads }: CutWindow): Profile {
    const bare = threads.map((thread) => ({ ...thread, slices: thread.slices.map(({ stack: _stack, ...slice }) => slice) }));
    const facts = this.#facts(job, processes, evidence, bare);
    return bounded(conclude({ ...facts, stacks: stacksToCome(evidence.samples, job.fromNs) }));
  }

  #facts(job: ProfileJob, processes: ProcessWork[], evidence: CutWindow['evidence'], threads: ThreadTimeline[]): Omit<ProfileFacts, 'stacks'> {
    const { record, request, reason, startNs, endNs, fromNs, toNs, start } = job;
    const retransmits = evidence.retransmits.filter((again) => concerns(again, job));
    const network = { retransmits: evidence.retransmits, operations: evidence.operations, originNs: fromNs };
    addNetwork(request, record.pid, record.role === 'server' ? record.client : record.server, network);
    for (const { pid, calls } of processes) for (const call of calls) addNetwork(call, pid, call.peer, network);
    return {
      requestId: record.id, service: record.service, endpoint: record.endpoint, operation: record.operation, protocol: record.protocol,
      status: record.status, error: record.error, pid: record.pid, reason, start, windowNs: toNs - fromNs,
      requestStartNs: request.startNs, requestEndNs: request.endNs, requestReadNs: request.readNs ?? request.startNs,
      ...(evidence.wholeFromNs > fromNs ? { recordedFromNs: evidence.wholeFromNs - fromNs } : {}),
      threads, logs: logLines(evidence.logs, fromNs), operations: operationsOf(evidence.operations, fromNs, toNs),
      moments: momentsOf({ lives: evidence.lives, retransmits, request, pid: record.pid, fromNs, toNs }), calls: processes[0]?.calls ?? [], request, processes,
      usual: this.#usual.of(record, job.usual), pressure: this.pressure.between(record.pid, startNs, endNs),
      missing: whatIsMissing({ threads, record, evidence, named: this.namer !== null }),
    };
  }
}

/** They answer to nobody but the process that forked them. */
function childProcesses(children: readonly ChildProcess[], [own, ...others]: readonly ProcessWork[]): ProcessWork[] {
  const known = new Set([own, ...others].map((one) => one?.pid));
  return children.filter(({ pid }) => !known.has(pid)).map(({ pid, name }) => ({ pid, name, service: own?.service ?? '', calls: [], requests: [] }));
}

function bounded(profile: Profile): Profile {
  const { threads, leftOut } = boundThreads(profile.threads);
  return leftOut === '' ? profile : { ...profile, threads, missing: [...profile.missing, `Left out: ${leftOut}`] };
}

/** Of the request's own connection, or of one that its process has open to others. */
function concerns({ local, remote }: RetransmitRecord, { record, peers }: ProfileJob): boolean {
  return remote === record.client || remote === record.server || local === record.server || peers.some((peer) => peer.pid === record.pid && peer.remote === remote);
}
