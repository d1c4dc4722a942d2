/** How slices, path pieces and frames are called in other tools' views. */
import type { Frame, LedgerKind, Slice, SliceKind } from '../profile/profile.js';

const SLICE_NAMES: Record<SliceKind, string> = {
  running: 'running', run_queue: 'waiting for a CPU', lock: 'lock', network: 'network', file: 'file', fault: 'page fault', sleep: 'sleep', idle: 'idle', other: 'system call',
};

const PATH_NAMES: Record<LedgerKind, string> = {
  cpu: 'on CPU', run_queue: 'waiting for a CPU', throttled: 'held back by the CPU limit', lock: 'lock', pool: 'waiting for a pool thread', peer: 'waiting for', wire: 'network itself',
  file: 'file and disk', fault: 'memory', gc: 'garbage collector', sleep: 'sleep', unread: 'not read yet', other_request: 'working for another request', idle: 'idle', other: 'system call', unexplained: 'unexplained',
};

/** `lock 0x7f1a4c0029e8 (futex)` */
export function sliceName({ kind, object, syscall }: Slice): string {
  if (kind === 'run_queue') return object === '' ? SLICE_NAMES.run_queue : `${SLICE_NAMES.run_queue}: ${object} ran`;
  const call = syscall === '' || kind === 'running' ? '' : ` (${syscall})`;
  return object === '' || kind === 'running' ? SLICE_NAMES[kind] + call : `${SLICE_NAMES[kind]} ${object}${call}`;
}

export function pathName(kind: LedgerKind, object: string): string {
  return object === '' ? PATH_NAMES[kind] : `${PATH_NAMES[kind]}: ${object}`;
}

/** Where a frame's code is, for viewers that know only one field. */
export function frameFile({ file, module }: Frame): string {
  return file === '' ? module : file;
}
