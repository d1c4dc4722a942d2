/** Which of the object's programs are used on this kernel, and why. Features are probed, versions are not compared. */
import { existsSync, readFileSync } from 'node:fs';
import { release } from 'node:os';
import { KindlingError } from '../errors/index.js';
import { addon } from './addon.js';

export type HookMode = 'auto' | 'socket' | 'syscall';

export interface HookPlan {
  mode: 'socket' | 'syscall';
  programs: Array<{ name: string; use: boolean; reason: string }>;
}

/** Program -> the kernel's tracepoint it hangs on. */
export const TRACEPOINTS: Record<string, string> = {
  socket_sent: 'sock_send_length',
  socket_received: 'sock_recv_length',
  data_arrived: 'sk_data_ready',
  syscall_exited: 'sys_exit',
  tcp_state_changed: 'inet_sock_set_state',
  tcp_destroyed: 'tcp_destroy_sock',
  tcp_reset_received: 'tcp_receive_reset',
  process_forked: 'sched_process_fork',
  process_executed: 'sched_process_exec',
  process_exited: 'sched_process_exit',
};
const SOCKET_PROGRAMS = ['socket_sent', 'socket_received'];
/** Hang on the scope's cgroups: tell where datagrams came from, which the socket tracepoints do not. */
export const CGROUP_PROGRAMS = ['datagram_came_v4', 'datagram_came_v6'];
export const NO_SENDERS = 'needs CAP_NET_ADMIN: who sent a datagram to an unconnected socket (a DNS server\'s) stays unknown';

/** Atomic operations that return a value came with 5.12, the cgroup of a socket in one field with 5.15. */
export const OLDEST_KERNEL = '5.15';
const VMLINUX_BTF = '/sys/kernel/btf/vmlinux';

const SYS_ADMIN = 21n;
const CAPABILITIES: Array<{ name: string; bit: bigint }> = [
  { name: 'CAP_BPF', bit: 39n }, { name: 'CAP_PERFMON', bit: 38n }, { name: 'CAP_SYS_PTRACE', bit: 19n },
];

/** Effective capabilities that tracing needs and this process lacks. CAP_SYS_ADMIN stands for BPF and PERFMON. */
export function missingCapabilities(status = readFileSync('/proc/self/status', 'latin1')): string[] {
  const effective = effectiveCapabilities(status);
  const has = (bit: bigint) => hasCapability(effective, bit);
  return CAPABILITIES.filter(({ name, bit }) => !has(bit) && !(name !== 'CAP_SYS_PTRACE' && has(SYS_ADMIN))).map(({ name }) => name);
}

function effectiveCapabilities(status: string): bigint {
  return BigInt(`0x${/^CapEff:\s*([0-9a-f]+)/m.exec(status)?.[1] ?? '0'}`);
}

function hasCapability(effective: bigint, bit: bigint): boolean {
  return (effective >> bit & 1n) === 1n;
}

/** For the programs on cgroups. */
export function mayWatchDatagrams(status = readFileSync('/proc/self/status', 'latin1')): boolean {
  return hasCapability(effectiveCapabilities(status), 12n) || hasCapability(effectiveCapabilities(status), SYS_ADMIN);
}

/** @param version as uname tells it */
export function isOldKernel(version = release()): boolean {
  const [major, minor] = version.split('.').map(Number);
  const [oldestMajor, oldestMinor] = OLDEST_KERNEL.split('.').map(Number);
  return major < oldestMajor || (major === oldestMajor && minor < oldestMinor);
}

/** Throws when this machine cannot trace at all: privileges, BTF. */
export function checkKernel(): void {
  const missing = missingCapabilities();
  if (missing.length > 0) throw new KindlingError('PRIVILEGES_MISSING', { missing: missing.join(', ') });
  if (!existsSync(VMLINUX_BTF)) throw new KindlingError('BTF_MISSING', { path: VMLINUX_BTF });
}

export function planHooks(wanted: HookMode): HookPlan {
  const names = Object.keys(TRACEPOINTS);
  const found = addon().kernelHas(names.map((program) => `btf_trace_${TRACEPOINTS[program]}`));
  const present = (program: string) => found[names.indexOf(program)];
  const socketHooks = present('socket_sent') && present('socket_received');
  if (wanted === 'socket' && !socketHooks)
    throw new KindlingError('BPF_ATTACH_FAILED', { reason: 'the socket tracepoints (kernel 6.3 and later) were asked for and are missing' });
  const mode = wanted === 'syscall' || !socketHooks ? 'syscall' : 'socket';
  const programs = names.map((name) => {
    if (!present(name)) return { name, use: false, reason: `this kernel has no tracepoint ${TRACEPOINTS[name]}` };
    if (SOCKET_PROGRAMS.includes(name) && mode === 'syscall')
      return { name, use: false, reason: socketHooks ? 'not wanted (option hooks)' : 'needs both socket tracepoints' };
    // How long a request lay unread: what was noted is kept in socket storage.
    if (name === 'data_arrived' && mode === 'syscall') return { name, use: false, reason: 'needs both socket tracepoints: how long requests lay unread stays unknown' };
    if (name === 'syscall_exited' && mode === 'socket')
      return { name, use: false, reason: 'the socket tracepoints are here and add nothing to other system calls' };
    return { name, use: true, reason: '' };
  });
  const senders = mode === 'syscall' ? 'not needed: the senders are read at the exit of the call' : mayWatchDatagrams() ? '' : NO_SENDERS;
  for (const name of CGROUP_PROGRAMS) programs.push({ name, use: senders === '', reason: senders });
  return { mode, programs };
}
