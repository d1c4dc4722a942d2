/**
 * The recorder's switches to exact slices. A record says: this thread was off its CPU from `off` to `on`, for this reason,
 * made ready at `woken`. What lies between two records of a thread is time on a CPU. So slices never overlap and leave no
 * hole between a thread's first and last event.
 */
import { Header, Switch } from '../events/layout.generated.js';
import type { Slice, SliceKind, ThreadTimeline } from './profile.js';
import { NO_CALL, hasDescriptor, systemCall } from './system-calls.js';

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
  /** When it entered a run queue; 0: unknown. From `wokenNs` until then its CPU was being roused. */
  queuedNs: number;
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
}

function u64(view: DataView, offset: number): number {
  return view.getUint32(offset, true) + view.getUint32(offset + 4, true) * TWO_32;
}

export function readSwitch(view: DataView, offset: number): SwitchRecord {
  const name = new Uint8Array(view.buffer, view.byteOffset + offset + Switch.beforeComm, 16);
  const end = name.indexOf(0);
  return {
    pid: view.getUint32(offset + Switch.pid, true), tid: view.getUint32(offset + Switch.tid, true),
    offNs: u64(view, offset + Switch.off), onNs: u64(view, offset + Header.ts), wokenNs: u64(view, offset + Switch.woken),
    queuedNs: u64(view, offset + Switch.queued),
    state: view.getUint32(offset + Switch.state, true), call: view.getUint32(offset + Switch.call, true),
    descriptor: view.getUint32(offset + Switch.arguments, true),
    address: `0x${view.getBigUint64(offset + Switch.arguments, true).toString(16)}`,
    wakerPid: view.getUint32(offset + Switch.wakerPid, true), wakerTid: view.getUint32(offset + Switch.wakerTid, true),
    beforePid: view.getUint32(offset + Switch.beforePid, true), beforeTid: view.getUint32(offset + Switch.beforeTid, true),
    beforeName: Buffer.from(name.subarray(0, end < 0 ? 16 : end)).toString('utf8'),
  };
}

/** What /proc and the connections know about a process: asked when a window is cut. */
export interface Surroundings {
  threadName(pid: number, tid: number): string;
  /** `socket 127.0.0.1:5432` or a path; its kind tells network from file. */
  descriptor(pid: number, fd: number): { kind: 'network' | 'file' | 'other'; name: string };
}

export interface TimelineInput {
  /** Of one process, any order. */
  switches: readonly SwitchRecord[];
  fromNs: number;
  toNs: number;
  surroundings: Surroundings;
}

/** Slices relative to `fromNs`, threads in the order of their ids. */
export function timelines(input: TimelineInput): ThreadTimeline[] {
  const byThread = new Map<number, SwitchRecord[]>();
  for (const record of input.switches) {
    const known = byThread.get(record.tid);
    if (known) known.push(record);
    else byThread.set(record.tid, [record]);
  }
  return [...byThread.entries()].sort(([a], [b]) => a - b).map(([tid, records]) => {
    records.sort((a, b) => a.onNs - b.onNs);
    const { pid } = records[0];
    return { pid, tid, name: input.surroundings.threadName(pid, tid), executed: false, onPath: false, slices: slicesOf(records, input) };
  });
}

function slicesOf(records: readonly SwitchRecord[], input: TimelineInput): Slice[] {
  const slices: Slice[] = [];
  const add = (startNs: number, endNs: number, slice: Omit<Slice, 'startNs' | 'endNs'>) => {
    const start = Math.max(startNs, input.fromNs) - input.fromNs;
    const end = Math.min(endNs, input.toNs) - input.fromNs;
    if (end > start) slices.push({ startNs: start, endNs: end, ...slice });
  };
  let onSince = -1;
  for (const record of records) {
    if (onSince >= 0) add(onSince, record.offNs, RUNNING);
    const readyNs = record.state === 0 ? record.offNs : record.wokenNs > 0 ? Math.min(Math.max(record.wokenNs, record.offNs), record.onNs) : record.onNs;
    if (readyNs > record.offNs) add(record.offNs, readyNs, waitOf(record, input.surroundings));
    add(readyNs, record.onNs, { kind: 'run_queue', syscall: '', object: occupant(record), wokenBy: null });
    onSince = record.onNs;
  }
  return slices;
}

const RUNNING = { kind: 'running', syscall: '', object: '', wokenBy: null } as const;

function occupant(record: SwitchRecord): string {
  if (record.beforePid === 0) return 'an idle CPU that had to wake';
  if (record.beforePid === record.pid) return `thread ${record.beforeTid} of the same process`;
  return record.beforeName === '' ? `another process (pid ${record.beforePid})` : `${record.beforeName} (pid ${record.beforePid})`;
}

function waitOf(record: SwitchRecord, surroundings: Surroundings): Omit<Slice, 'startNs' | 'endNs'> {
  const wokenBy = record.wakerTid === 0 ? null
    : { pid: record.wakerPid, tid: record.wakerTid, name: surroundings.threadName(record.wakerPid, record.wakerTid) };
  if (record.call === NO_CALL) {
    const kind: SliceKind = UNINTERRUPTIBLE.has(record.state & 0x1ff) ? 'fault' : 'other';
    return { kind, syscall: '', object: '', wokenBy };
  }
  const call = systemCall(record.call);
  if (call.waits === 'lock') return { kind: 'lock', syscall: call.name, object: record.address, wokenBy };
  if (!hasDescriptor(call)) return { kind: call.waits as SliceKind, syscall: call.name, object: '', wokenBy };
  const { kind, name } = surroundings.descriptor(record.pid, record.descriptor);
  return { kind: call.waits === 'descriptor' ? kind : call.waits, syscall: call.name, object: name, wokenBy };
}
