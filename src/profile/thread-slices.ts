/**
 * The recorder's switches to exact slices. A record says: this thread was off its CPU from `off` to `on`, for this reason,
 * made ready at `woken`. What lies between two records of a thread is time on a CPU. So slices never overlap and leave no
 * hole between a thread's first and last event.
 */
import { Header, Switch, SwitchFlags } from '../events/layout.generated.js';
import type { LifeRecord, ThreadAtWork } from './evidence.js';
import type { Slice, SliceKind, ThreadStart, ThreadTimeline } from './profile.js';
import { Occupants } from './occupants.js';
import { NO_CALL, hasDescriptor, systemCall } from './system-calls.js';
import { ThreadNotes } from './thread-notes.js';

const TWO_32 = 2 ** 32;
/** Task states that mean waiting for a disk or memory when no system call explains it. */
const UNINTERRUPTIBLE = new Set([2, 258]);

export interface SwitchRecord {
  pid: number;
  tid: number;
  offNs: number;
  onNs: number;
  /** 0: never made ready within the record (preempted), or not seen. */
  wokenNs: number;
  /** Time in run queues of the thread's life when it left, by the kernel's account: the next record's minus this one's is this stay. */
  runDelayNs: number;
  state: number;
  call: number;
  /** First two arguments: a descriptor, or an address in hexadecimal. */
  descriptor: number;
  address: string;
  wakerPid: number;
  wakerTid: number;
  beforePid: number;
  beforeTid: number;
  beforeName: string;
  /** Of the kernel's own threads. */
  beforeIsKernel?: boolean;
}

export function u64(view: DataView, offset: number): number {
  return view.getUint32(offset, true) + view.getUint32(offset + 4, true) * TWO_32;
}

export function readSwitch(view: DataView, offset: number): SwitchRecord {
  const name = new Uint8Array(view.buffer, view.byteOffset + offset + Switch.beforeComm, 16);
  const end = name.indexOf(0);
  return {
    pid: view.getUint32(offset + Switch.pid, true), tid: view.getUint32(offset + Switch.tid, true),
    offNs: u64(view, offset + Switch.off), onNs: u64(view, offset + Switch.on) || u64(view, offset + Header.ts), wokenNs: u64(view, offset + Switch.woken),
    runDelayNs: u64(view, offset + Switch.runDelay),
    state: view.getUint32(offset + Switch.state, true), call: view.getUint32(offset + Switch.call, true),
    descriptor: view.getUint32(offset + Switch.arguments, true),
    address: `0x${view.getBigUint64(offset + Switch.arguments, true).toString(16)}`,
    wakerPid: view.getUint32(offset + Switch.wakerPid, true), wakerTid: view.getUint32(offset + Switch.wakerTid, true),
    beforePid: view.getUint32(offset + Switch.beforePid, true), beforeTid: view.getUint32(offset + Switch.beforeTid, true),
    beforeName: Buffer.from(name.subarray(0, end < 0 ? 16 : end)).toString('utf8'),
    beforeIsKernel: (view.getUint16(offset + Header.flags, true) & SwitchFlags.KERNEL) !== 0,
  };
}

/** What /proc and the connections know about a process: asked when a window is cut. */
export interface Surroundings {
  threadName(pid: number, tid: number): string;
  /** `socket 127.0.0.1:5432` or a path; its kind tells network from file. */
  descriptor(pid: number, fd: number): { kind: 'network' | 'file' | 'other'; name: string };
}

export interface TimelineInput {
  /** Of some processes, any order. */
  switches: readonly SwitchRecord[];
  fromNs: number;
  toNs: number;
  surroundings: Surroundings;
  /** What blocked calls were about, and where they came from. */
  notes?: ThreadNotes;
  /** A thread that ended ran until then. */
  lives?: readonly LifeRecord[];
  /** Threads that were still on a CPU at that time. */
  running?: readonly ThreadAtWork[];
  /** Times at which threads were found on a CPU: one that has been there since before the first switch that is looked at shows only here. */
  samples?: readonly ThreadAtWork[];
  /** Before this time switches may be missing: what lies between two of them then need not be time on a CPU, and is not drawn. */
  wholeFromNs?: number;
}

/** Slices relative to `fromNs`, threads in the order of their ids. */
export function timelines(input: TimelineInput): ThreadTimeline[] {
  const { fromNs, wholeFromNs = -Infinity } = input;
  const byThread = new Map<number, SwitchRecord[]>();
  for (const record of input.switches) {
    if (record.onNs < wholeFromNs) continue;
    const known = byThread.get(record.tid);
    if (known) known.push(record);
    else byThread.set(record.tid, [record]);
  }
  /** Until when a thread ran after it got a CPU for the last time. */
  const ranUntil = new Map<number, number>();
  for (const { ns, pid, tid } of input.running ?? []) {
    ranUntil.set(tid, ns);
    // It has had its CPU for so long that no switch of it is remembered.
    const sinceNs = Math.max(fromNs, wholeFromNs);
    if (!byThread.has(tid)) byThread.set(tid, [{ ...NO_SWITCH, pid, tid, offNs: sinceNs, onNs: sinceNs }]);
  }
  const startedBy = new Map<number, ThreadStart>();
  for (const { what, ns, tid, parentPid, parentTid } of input.lives ?? []) {
    if (what === 'ended') ranUntil.set(tid, ns);
    if (what === 'started' && ns >= fromNs) startedBy.set(tid, { pid: parentPid, tid: parentTid, ns: ns - fromNs });
  }
  for (const records of byThread.values()) records.sort((a, b) => a.onNs - b.onNs);
  const occupants = new Occupants(byThread);
  const sampled = firstTimes(input.samples ?? [], Math.max(fromNs, wholeFromNs));
  return [...byThread.entries()].sort(([a], [b]) => a - b).map(([tid, records]) => {
    const { pid } = records[0];
    const slices = slicesOf(records, input, occupants, sampled.get(tid) ?? Infinity, ranUntil.get(tid) ?? 0);
    const start = startedBy.get(tid);
    return { pid, tid, name: input.surroundings.threadName(pid, tid), executed: false, onPath: false, ...(start ? { startedBy: start } : {}), slices };
  }).filter(({ slices }) => slices.length > 0);
}

/** By thread, of those from then on. */
function firstTimes(samples: readonly ThreadAtWork[], fromNs: number): Map<number, number> {
  const first = new Map<number, number>();
  for (const { tid, ns } of samples) if (ns >= fromNs && ns < (first.get(tid) ?? Infinity)) first.set(tid, ns);
  return first;
}

function slicesOf(records: readonly SwitchRecord[], input: TimelineInput, occupants: Occupants, sampledNs: number, ranUntilNs: number): Slice[] {
  const notes = input.notes ?? NO_NOTES;
  const slices: Slice[] = [];
  const add = (startNs: number, endNs: number, slice: Omit<Slice, 'startNs' | 'endNs'>) => {
    const start = Math.max(startNs, input.fromNs) - input.fromNs;
    const end = Math.min(endNs, input.toNs) - input.fromNs;
    if (end > start) slices.push({ startNs: start, endNs: end, ...slice });
  };
  // On a CPU at a sample, it was there until its first switch.
  let onSince = sampledNs < records[0].offNs ? sampledNs : -1;
  for (let i = 0; i < records.length; i++) {
    const record = records[i];
    if (onSince >= 0) add(onSince, record.offNs, RUNNING);
    const readyNs = readyAt(record, records[i + 1]);
    if (readyNs > record.offNs) add(record.offNs, readyNs, waitOf(record, input.surroundings, notes));
    if (record.onNs > readyNs) add(readyNs, record.onNs, { kind: 'run_queue', syscall: '', object: occupants.mostly(record, readyNs), wokenBy: null });
    onSince = record.onNs;
  }
  if (onSince >= 0 && ranUntilNs > onSince) add(onSince, ranUntilNs, RUNNING);
  return slices;
}

/**
 * When the thread was made ready. Without a wake-up that was seen it is as long before as it stood in the run queue, which
 * the thread's next record tells.
 */
export function readyAt(record: SwitchRecord, next: SwitchRecord | undefined): number {
  const { offNs, onNs, wokenNs, state } = record;
  if (state === 0) return offNs;
  const queuedNs = next === undefined ? 0 : Math.max(0, next.runDelayNs - record.runDelayNs);
  return Math.min(Math.max(wokenNs > 0 ? wokenNs : onNs - queuedNs, offNs), onNs);
}

const NO_NOTES = new ThreadNotes();

const NO_SWITCH = {
  wokenNs: 0, runDelayNs: 0, state: 0, call: NO_CALL, descriptor: 0, address: '', wakerPid: 0, wakerTid: 0, beforePid: 0, beforeTid: 0, beforeName: '',
};

const RUNNING = { kind: 'running', syscall: '', object: '', wokenBy: null } as const;

type Wait = Omit<Slice, 'startNs' | 'endNs'>;

function waitOf(record: SwitchRecord, surroundings: Surroundings, notes: ThreadNotes): Wait {
  const wokenBy = record.wakerTid === 0 ? null
    : { pid: record.wakerPid, tid: record.wakerTid, name: surroundings.threadName(record.wakerPid, record.wakerTid) };
  const wait = { ...reasonOf(record, surroundings, notes), wokenBy };
  const stack = notes.block(record.tid, record.offNs);
  return stack === undefined ? wait : { ...wait, stack };
}

function reasonOf(record: SwitchRecord, surroundings: Surroundings, notes: ThreadNotes): Omit<Wait, 'wokenBy'> {
  if (record.call === NO_CALL) {
    const kind: SliceKind = UNINTERRUPTIBLE.has(record.state & 0x1ff) ? 'fault' : 'other';
    return { kind, syscall: '', object: '' };
  }
  const call = systemCall(record.call);
  if (call.waits === 'lock' && call.name !== 'flock') return { kind: 'lock', syscall: call.name, object: record.address };
  const noted = notes.operation(record.tid, record.offNs);
  // What the kernel saw at the call itself outweighs what the descriptor is now.
  if (noted !== null && noted.call === record.call && noted.object !== '') {
    const kind = call.waits === 'descriptor' || (call.waits === 'idle' && noted.kind === 'network' && !accepts(call.name)) ? noted.kind : call.waits as SliceKind;
    return { kind, syscall: call.name, object: noted.object, result: noted.result };
  }
  if (!hasDescriptor(call)) return { kind: call.waits as SliceKind, syscall: call.name, object: '' };
  const { kind, name } = surroundings.descriptor(record.pid, record.descriptor);
  return { kind: call.waits === 'descriptor' ? kind : call.waits as SliceKind, syscall: call.name, object: name };
}

function accepts(call: string): boolean {
  return call === 'accept' || call === 'accept4';
}
