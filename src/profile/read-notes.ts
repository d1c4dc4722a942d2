/** The recorder's notes (bpf/thread-events.h) as objects. Whatever a record says of itself is held against its size. */
import { formatAddress, formatComm, formatUnixPath } from '../events/address.js';
import { Header, Life, LifeEvent, Log, NoteFlags, ObjectKind, Operation, RecorderLimits, Retransmit, Stack } from '../events/layout.generated.js';
import type { BlockRecord, LifeRecord, LogRecord, OperationRecord, RetransmitRecord, SampleRecord, StackCopy } from './evidence.js';

const TWO_32 = 2 ** 32;
const REGISTERS = 16;
const AF_UNIX = 1;
const AF_INET = 2;
const AF_INET6 = 10;
/** Offsets of `pid` in the notes: asked before anything else is read. */
export const PID_OFFSETS = { stack: Stack.pid, operation: Operation.pid, log: Log.pid, life: Life.pid } as const;

function u64(view: DataView, offset: number): number {
  return view.getUint32(offset, true) + view.getUint32(offset + 4, true) * TWO_32;
}

function i64(view: DataView, offset: number): number {
  return view.getUint32(offset, true) + view.getInt32(offset + 4, true) * TWO_32;
}

function bytesAt(view: DataView, offset: number, length: number): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset + offset, length);
}

export function readSample(view: DataView, offset: number, size: number, periodNs: number): SampleRecord {
  return {
    ns: u64(view, offset + Header.ts), pid: view.getUint32(offset + Stack.pid, true), tid: view.getUint32(offset + Stack.tid, true),
    cpu: view.getUint32(offset + Stack.cpu, true), periodNs, stack: stackOf(view, offset, size),
  };
}

export function readBlock(view: DataView, offset: number, size: number): BlockRecord {
  return {
    ns: u64(view, offset + Header.ts), offNs: u64(view, offset + Stack.off), pid: view.getUint32(offset + Stack.pid, true),
    tid: view.getUint32(offset + Stack.tid, true), stack: stackOf(view, offset, size),
  };
}

function stackOf(view: DataView, offset: number, size: number): StackCopy {
  const at = offset + Stack.byteLength;
  const end = offset + size;
  const fits = (count: number, most: number) => Math.min(count, most);
  const kernelCount = fits(view.getUint32(offset + Stack.kernelFrames, true), RecorderLimits.KERNEL_FRAMES);
  const userCount = fits(view.getUint32(offset + Stack.userFrames, true), RecorderLimits.USER_FRAMES);
  const kernel = words(view, at, kernelCount, end);
  const framePointers = words(view, at + kernelCount * 8, userCount, end);
  const copyAt = Math.min(end, at + (kernelCount + userCount) * 8);
  const copied = Math.min(view.getUint32(offset + Stack.stackBytes, true), RecorderLimits.STACK_BYTES, end - copyAt);
  const registers = words(view, offset + Stack.registers, REGISTERS, end);
  return {
    ip: view.getBigUint64(offset + Stack.registers + REGISTERS * 8, true), sp: registers[7], bp: registers[6], registers,
    bytes: bytesAt(view, copyAt, copied).slice(), framePointers, kernel,
  };
}

function words(view: DataView, offset: number, count: number, end: number): BigUint64Array {
  const all = new BigUint64Array(Math.max(0, Math.min(count, Math.floor((end - offset) / 8))));
  for (let i = 0; i < all.length; i++) all[i] = view.getBigUint64(offset + i * 8, true);
  return all;
}

export function readOperation(view: DataView, offset: number, size: number): OperationRecord {
  const object = view.getUint16(offset + Operation.object, true);
  const names = bytesAt(view, offset + Operation.byteLength, Math.min(view.getUint32(offset + Operation.namesBytes, true), size - Operation.byteLength));
  const cut = (view.getUint16(offset + Header.flags, true) & NoteFlags.CUT) !== 0;
  const tcp = view.getUint32(offset + Operation.srttUs, true);
  const told = describe(object, names, cut, () => names.length > 0 ? formatUnixPath(names, 0, names.length) : ends(view, offset + Operation.family, offset + Operation.remote, view.getUint16(offset + Operation.remotePort, true)));
  return {
    ns: u64(view, offset + Header.ts), offNs: u64(view, offset + Operation.off), pid: view.getUint32(offset + Operation.pid, true),
    tid: view.getUint32(offset + Operation.tid, true), call: view.getUint32(offset + Operation.call, true), result: i64(view, offset + Operation.result),
    fd: view.getUint32(offset + Operation.fd, true), ...told, srttUs: tcp > 0 ? tcp : -1,
    retransmits: tcp > 0 ? view.getUint32(offset + Operation.retransmits, true) : -1,
  };
}

function describe(object: number, names: Uint8Array, cut: boolean, remote: () => string): Pick<OperationRecord, 'kind' | 'object'> {
  switch (object) {
    case ObjectKind.FILE: return { kind: 'file', object: pathOf(names, cut) };
    case ObjectKind.PATH: return { kind: 'file', object: textOf(names) };
    case ObjectKind.SOCKET: return { kind: 'network', object: remote() };
    case ObjectKind.OTHER: return { kind: 'other', object: textOf(names) || 'a pipe' };
    default: return { kind: 'other', object: '' };
  }
}

function ends(view: DataView, familyAt: number, addressAt: number, port: number): string {
  const family = view.getUint16(familyAt, true);
  if (family === AF_UNIX) return 'a unix socket';
  if (family !== AF_INET && family !== AF_INET6) return 'a socket';
  return formatAddress(family, bytesAt(view, addressAt, 16), 0, port);
}

/** Innermost name first, each with its NUL. */
function pathOf(names: Uint8Array, cut: boolean): string {
  const parts = Buffer.from(names.buffer, names.byteOffset, names.length).toString('utf8').split('\0').slice(0, -1).reverse();
  return `${cut ? '…' : ''}/${parts.join('/')}`;
}

function textOf(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return Buffer.from(bytes.subarray(0, end < 0 ? bytes.length : end)).toString('utf8');
}

export function readLog(view: DataView, offset: number, size: number): LogRecord {
  const fd = view.getUint32(offset + Log.fd, true);
  const rest = size - Log.byteLength;
  const namesBytes = Math.min(view.getUint32(offset + Log.namesBytes, true), rest);
  const captured = Math.min(view.getUint32(offset + Log.captured, true), rest - namesBytes);
  const cut = (view.getUint16(offset + Header.flags, true) & NoteFlags.CUT) !== 0;
  const standard = view.getUint32(offset + Log.object, true) === ObjectKind.STANDARD;
  return {
    ns: u64(view, offset + Header.ts), pid: view.getUint32(offset + Log.pid, true), tid: view.getUint32(offset + Log.tid, true), fd,
    target: standard ? (fd === 1 ? 'stdout' : 'stderr') : pathOf(bytesAt(view, offset + Log.byteLength, namesBytes), cut),
    bytes: view.getUint32(offset + Log.bytes, true), text: bytesAt(view, offset + Log.byteLength + namesBytes, captured).slice(),
  };
}

const EVENTS = new Map<number, LifeRecord['what']>([
  [LifeEvent.STARTED, 'started'], [LifeEvent.EXEC, 'exec'], [LifeEvent.ENDED, 'ended'], [LifeEvent.NAMED, 'named'],
]);

export function readLife(view: DataView, offset: number): LifeRecord {
  return {
    ns: u64(view, offset + Header.ts), pid: view.getUint32(offset + Life.pid, true), tid: view.getUint32(offset + Life.tid, true),
    what: EVENTS.get(view.getUint32(offset + Life.event, true)) ?? 'named', name: formatComm(bytesAt(view, offset + Life.comm, 16), 0),
    parentPid: view.getUint32(offset + Life.parentPid, true), parentTid: view.getUint32(offset + Life.parentTid, true),
  };
}

export function readRetransmit(view: DataView, offset: number): RetransmitRecord {
  const family = offset + Retransmit.family;
  return {
    ns: u64(view, offset + Header.ts), local: ends(view, family, offset + Retransmit.local, view.getUint16(offset + Retransmit.localPort, true)),
    remote: ends(view, family, offset + Retransmit.remote, view.getUint16(offset + Retransmit.remotePort, true)),
    srttUs: view.getUint32(offset + Retransmit.srttUs, true), netns: view.getUint32(offset + Retransmit.netns, true),
  };
}
