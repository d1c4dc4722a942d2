/**
 * A window of the flight recorder, decoded: only what belongs to the processes asked for, and no more of each kind than a
 * profile can hold. What was left out for that is said.
 */
import { Header, NoteRingKind, Switch, ThreadType } from '../events/layout.generated.js';
import type { FlightRecorder } from '../kernel/recorder.js';
import type { ChildProcess, Evidence, LifeRecord } from './evidence.js';
import { durationText } from './quantities.js';
import { PID_OFFSETS, readBlock, readLife, readLog, readOperation, readRetransmit, readSample } from './read-notes.js';
import { readSwitch, u64, type SwitchRecord } from './thread-slices.js';

export interface EvidenceQuestion {
  pids: ReadonlySet<number>;
  /** One of them: processes that it forks within the window are read too. */
  forkedBy?: number;
  /** The window, monotonic ns. */
  fromNs: number;
  toNs: number;
  /** How far before and after it switches are looked at: a wait that ends there began within. */
  marginNs: number;
}

/** Of one window. */
const MAX_CHILDREN = 16;
/** Of a window that holds too many switches at least so much is read. */
const LEAST_WINDOW_NS = 10e6;
/** Of each kind in one window. A busy process makes 100,000 switches a second. */
const LIMITS = { switches: 400_000, samples: 20_000, blocks: 4_000, operations: 40_000, logs: 4_000, lives: 40_000, retransmits: 2_000 };

export function readEvidence(recorder: FlightRecorder, question: EvidenceQuestion): Evidence {
  return new Reading(recorder, question).evidence();
}

/** Of these processes only; retransmits are nobody's in particular. */
export function evidenceOf(evidence: Evidence, pids: ReadonlySet<number>): Evidence {
  const of = <T extends { pid: number }>(records: readonly T[]): T[] => records.filter(({ pid }) => pids.has(pid));
  const { switches, running, samples, blocks, operations, logs, lives } = evidence;
  return { ...evidence, switches: of(switches), running: of(running), samples: of(samples), blocks: of(blocks), operations: of(operations), logs: of(logs), lives: of(lives) };
}

class Reading {
  readonly #cut = new Map<string, number>();
  readonly question: EvidenceQuestion;
  readonly #children: ChildProcess[];

  constructor(private readonly recorder: FlightRecorder, question: EvidenceQuestion) {
    this.#children = question.forkedBy === undefined ? [] : childrenOf(recorder, question.forkedBy, question.fromNs, question.toNs);
    this.question = { ...question, pids: new Set([...question.pids, ...this.#children.map(({ pid }) => pid)]) };
  }

  evidence(): Evidence {
    const { fromNs, toNs, marginNs } = this.question;
    const found: Evidence = {
      fromNs, toNs, switches: [], running: [], samples: [], blocks: [], operations: [], logs: [], lives: [], retransmits: [],
      rememberedNs: { switches: -Infinity, samples: -Infinity, notes: -Infinity }, startedNs: this.recorder.startedNs, wholeFromNs: -Infinity, children: this.#children, cut: [],
    };
    // First how threads are now, then what the ring tells: whoever moves in between is in the ring.
    const now = this.#states(found);
    this.#switches(found, fromNs - marginNs);
    this.#addStanding(found, now);
    found.rememberedNs.samples = this.#samples(found, fromNs, toNs);
    found.rememberedNs.notes = Math.max(this.#blocks(found, fromNs, toNs + marginNs), this.#operations(found, fromNs, toNs + marginNs), this.#logs(found, fromNs, toNs));
    // Names are of use whenever they were given.
    this.#lives(found, -Infinity, toNs + marginNs);
    found.cut.push(...[...this.#cut].map(([what, count]) => `${count} ${what} more than a profile holds`));
    for (const list of [found.samples, found.blocks, found.operations, found.logs, found.lives, found.retransmits]) list.sort((a, b) => a.ns - b.ns);
    return found;
  }

  /** Switches that have not ended; threads that are on a CPU are added at once. */
  #states(found: Evidence): SwitchRecord[] {
    const { pids, toNs } = this.question;
    const standing: SwitchRecord[] = [];
    this.recorder.states((view, offset) => {
      if (!pids.has(view.getUint32(offset + Switch.pid, true))) return;
      const state = readSwitch(view, offset);
      if (state.offNs === 0) found.running.push({ ns: state.onNs, pid: state.pid, tid: state.tid });
      else if (state.offNs <= toNs) standing.push(state);
    });
    return standing;
  }

  /** All that there are; when they are too many, all since a later time: with some missing in between a thread would seem to have run there. */
  #switches(found: Evidence, from: number): void {
    const { fromNs, toNs } = this.question;
    let since = from;
    for (;;) {
      found.rememberedNs.switches = this.#switchesSince(found, since);
      if (!this.#cut.delete('switches') || toNs - since < LEAST_WINDOW_NS) break;
      found.switches.length = 0;
      since += (toNs - since) / 2;
    }
    found.wholeFromNs = Math.max(found.rememberedNs.switches, found.startedNs, since > from ? since : -Infinity);
    if (since > fromNs) found.cut.push(`switches of the first ${durationText(since - fromNs)}, as there are more of them than a profile holds`);
  }

  /** Up to now: a wait that reaches into the window may have ended long after it. */
  #switchesSince(found: Evidence, from: number): number {
    const { pids, toNs } = this.question;
    const beyond = new Set<number>();
    return this.recorder.window(from, Infinity, (view, offset) => {
      if (!pids.has(view.getUint32(offset + Switch.pid, true))) return;
      if (u64(view, offset + Switch.off) > toNs) {
        // The first of these tells until when the thread ran.
        const tid = view.getUint32(offset + Switch.tid, true);
        if (beyond.has(tid)) return;
        beyond.add(tid);
      }
      if (this.#room('switches', found.switches.length)) found.switches.push(readSwitch(view, offset));
    });
  }

  #addStanding(found: Evidence, standing: readonly SwitchRecord[]): void {
    if (standing.length === 0) return;
    const last = new Map<number, number>();
    for (const { tid, offNs } of found.switches) if (offNs > (last.get(tid) ?? 0)) last.set(tid, offNs);
    for (const state of standing) if (state.offNs > (last.get(state.tid) ?? 0) && this.#room('switches', found.switches.length)) found.switches.push(state);
  }

  #samples(found: Evidence, from: number, to: number): number {
    const { recorder, question: { pids } } = this;
    return recorder.notes(NoteRingKind.SAMPLES, from, to, (view, offset, size) => {
      if (!pids.has(view.getUint32(offset + PID_OFFSETS.stack, true))) return;
      if (this.#room('samples', found.samples.length)) found.samples.push(readSample(view, offset, size, recorder.samplePeriodNs));
    });
  }

  /** Of blocks that lie in the window at least in part. */
  #blocks(found: Evidence, from: number, to: number): number {
    const { pids, toNs } = this.question;
    return this.recorder.notes(NoteRingKind.BLOCKS, from, to, (view, offset, size) => {
      if (!pids.has(view.getUint32(offset + PID_OFFSETS.stack, true)) || !this.#room('blocks', found.blocks.length)) return;
      const block = readBlock(view, offset, size);
      if (block.offNs <= toNs) found.blocks.push(block);
    });
  }

  #operations(found: Evidence, from: number, to: number): number {
    const { pids, toNs } = this.question;
    return this.recorder.notes(NoteRingKind.OPERATIONS, from, to, (view, offset, size) => {
      if (!pids.has(view.getUint32(offset + PID_OFFSETS.operation, true)) || !this.#room('operations', found.operations.length)) return;
      const operation = readOperation(view, offset, size);
      if (operation.offNs <= toNs) found.operations.push(operation);
    });
  }

  #logs(found: Evidence, from: number, to: number): number {
    const { pids } = this.question;
    return this.recorder.notes(NoteRingKind.LOGS, from, to, (view, offset, size) => {
      if (!pids.has(view.getUint32(offset + PID_OFFSETS.log, true))) return;
      if (this.#room('logs', found.logs.length)) found.logs.push(readLog(view, offset, size));
    });
  }

  #lives(found: Evidence, from: number, to: number): void {
    const { pids, fromNs, toNs } = this.question;
    this.recorder.notes(NoteRingKind.LIVES, from, to, (view, offset) => {
      if (view.getUint16(offset + Header.type, true) === ThreadType.RETRANSMIT) {
        const again = readRetransmit(view, offset);
        if (again.ns >= fromNs && again.ns <= toNs && this.#room('retransmits', found.retransmits.length)) found.retransmits.push(again);
      } else if (pids.has(view.getUint32(offset + PID_OFFSETS.life, true)) && this.#room('lives', found.lives.length)) {
        found.lives.push(readLife(view, offset));
      }
    });
  }

  #room(kind: keyof typeof LIMITS, count: number): boolean {
    if (count < LIMITS[kind]) return true;
    this.#cut.set(kind, (this.#cut.get(kind) ?? 0) + 1);
    return false;
  }
}

/** Those that it forked in this time, and theirs. Called as they are called last. */
function childrenOf(recorder: FlightRecorder, pid: number, fromNs: number, toNs: number): ChildProcess[] {
  const lives: LifeRecord[] = [];
  recorder.notes(NoteRingKind.LIVES, fromNs, toNs, (view, offset) => {
    if (view.getUint16(offset + Header.type, true) === ThreadType.LIFE && lives.length < LIMITS.lives) lives.push(readLife(view, offset));
  });
  lives.sort((a, b) => a.ns - b.ns);
  const found = new Map<number, ChildProcess>();
  for (const { what, pid: process, tid, parentPid, name } of lives) {
    const child = found.get(process);
    if (child && tid === process) child.name = name;
    const isNew = what === 'started' && tid === process && (parentPid === pid || found.has(parentPid));
    if (isNew && found.size < MAX_CHILDREN) found.set(process, { pid: process, name });
  }
  return [...found.values()];
}
