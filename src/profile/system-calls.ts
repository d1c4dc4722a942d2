/** What a thread that blocks in a system call waits for. x86-64 numbers; one row a call. */
import type { SliceKind } from './profile.js';

export interface SystemCall {
  name: string;
  /** `descriptor`: what its first argument is decides between network and file. */
  waits: SliceKind | 'descriptor';
}

const ROWS: Array<[number, string, SystemCall['waits']]> = [
  [0, 'read', 'descriptor'], [1, 'write', 'descriptor'], [17, 'pread64', 'descriptor'], [18, 'pwrite64', 'descriptor'],
  [19, 'readv', 'descriptor'], [20, 'writev', 'descriptor'], [295, 'preadv', 'descriptor'], [296, 'pwritev', 'descriptor'],
  [327, 'preadv2', 'descriptor'], [328, 'pwritev2', 'descriptor'], [40, 'sendfile', 'descriptor'], [275, 'splice', 'descriptor'],
  [42, 'connect', 'network'], [44, 'sendto', 'network'], [45, 'recvfrom', 'network'], [46, 'sendmsg', 'network'], [47, 'recvmsg', 'network'],
  [299, 'recvmmsg', 'network'], [307, 'sendmmsg', 'network'],
  [43, 'accept', 'idle'], [288, 'accept4', 'idle'], [7, 'poll', 'idle'], [271, 'ppoll', 'idle'], [23, 'select', 'idle'], [270, 'pselect6', 'idle'],
  [232, 'epoll_wait', 'idle'], [281, 'epoll_pwait', 'idle'], [441, 'epoll_pwait2', 'idle'],
  [202, 'futex', 'lock'], [449, 'futex_waitv', 'lock'], [65, 'semop', 'lock'], [220, 'semtimedop', 'lock'], [73, 'flock', 'lock'],
  [35, 'nanosleep', 'sleep'], [230, 'clock_nanosleep', 'sleep'], [34, 'pause', 'sleep'],
  [74, 'fsync', 'file'], [75, 'fdatasync', 'file'], [26, 'msync', 'file'], [162, 'sync', 'file'], [306, 'syncfs', 'file'], [277, 'sync_file_range', 'file'],
  [2, 'open', 'file'], [257, 'openat', 'file'], [3, 'close', 'file'], [4, 'stat', 'file'], [262, 'newfstatat', 'file'], [332, 'statx', 'file'],
  [87, 'unlink', 'file'], [263, 'unlinkat', 'file'], [82, 'rename', 'file'], [264, 'renameat', 'file'], [316, 'renameat2', 'file'], [77, 'ftruncate', 'file'],
  [285, 'fallocate', 'file'], [217, 'getdents64', 'file'],
  [61, 'wait4', 'other'], [247, 'waitid', 'other'], [128, 'rt_sigtimedwait', 'sleep'], [130, 'rt_sigsuspend', 'sleep'], [426, 'io_uring_enter', 'other'],
  [9, 'mmap', 'other'], [11, 'munmap', 'other'], [10, 'mprotect', 'other'], [12, 'brk', 'other'], [56, 'clone', 'other'], [435, 'clone3', 'other'],
];

const CALLS = new Map(ROWS.map(([number, name, waits]) => [number, { name, waits } satisfies SystemCall]));

export const NO_CALL = 0xffffffff;

export function systemCall(number: number): SystemCall {
  return CALLS.get(number) ?? { name: number === NO_CALL ? '' : `system call ${number}`, waits: 'other' };
}

/** Calls whose first argument is a descriptor worth naming. */
export function hasDescriptor(call: SystemCall): boolean {
  return call.waits === 'descriptor' || call.waits === 'network' || ['accept', 'accept4', 'fsync', 'fdatasync', 'ftruncate', 'fallocate', 'flock'].includes(call.name);
}
