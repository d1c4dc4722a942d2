/** Which of the recorder's programs are used on this kernel, and why. Features are probed, versions are not compared. */
import { addon } from './addon.js';
import { hooksFunctions } from './function-hooks.js';

export interface RecorderHook { name: string; use: boolean; reason: string }

export interface RecorderPlan {
  programs: RecorderHook[];
  /** Blocked calls of every thread are noted at the exit of the system call, for want of a better place. */
  notesAtExit: boolean;
  /** Something hangs on the exit of every system call from the beginning. */
  everyCallPays: boolean;
}

/** Of threads without restartable sequences, where the others are noted elsewhere: attached once there are any. */
export const EXITS = 'call_returned';
export const EXITS_AWAITED = 'not needed so far: no thread without restartable sequences (as static Go programs and musl have them)';
/** Log lines, where writes cannot be hooked alone. */
const ANY_WRITE = 'any_write_returned';
const WRITES = ['write', 'writev', 'pwrite64', 'pwritev', 'pwritev2'];

/** Program → the kernel's tracepoint it hangs on; without those in NEEDED there is no recorder. */
const TRACEPOINTS: Record<string, string> = {
  thread_switched: 'sched_switch', thread_woken: 'sched_waking', recorder_forked: 'sched_process_fork', recorder_executed: 'sched_process_exec',
  recorder_exited: 'sched_process_exit', recorder_renamed: 'task_rename', recorder_retransmitted: 'tcp_retransmit_skb',
  thread_returned: 'rseq_update', [EXITS]: 'sys_exit', [ANY_WRITE]: 'sys_exit', recorder_owned: 'inet_sock_set_state',
};
const NO_LOGS = 'log lines are not wanted';
const TELLS_ITSELF = 'needed for a process tree only: else a socket tells whose it is';
export const NEEDED = ['thread_switched', 'thread_woken', 'recorder_forked'];
export const SAMPLER = 'sampled';
/** An iterator over tasks: runs when a window is read. */
export const STATES = 'thread_states';
/** An iterator over open files: runs once, when the recorder begins. */
export const SOCKETS = 'open_sockets';

/** Iterator program → what it needs of the kernel, and what is not known without it. */
const ITERATORS: Record<string, { over: string; lacking: string }> = {
  [STATES]: { over: 'bpf_iter__task', lacking: 'this kernel cannot iterate over tasks: what threads do at the end of a window stays open' },
  [SOCKETS]: { over: 'bpf_iter__task_file', lacking: 'this kernel cannot iterate over files: packets sent again on connections that were open before are not told' },
};

/** `tree`: the scope is a process tree, to which a socket does not tell that it belongs. */
export function planRecorder(options: { logs: boolean; samples: boolean; tree: boolean }): RecorderPlan {
  const programs = Object.keys(TRACEPOINTS);
  // With struct rseq_event the kernel updates rseq only where it must (6.19): no longer after each block.
  const [lazy, ...found] = addon().kernelHas(['rseq_event', ...programs.map((program) => `btf_trace_${TRACEPOINTS[program]}`), ...WRITES.map((call) => `__x64_sys_${call}`)]);
  const has = (program: string): boolean => found[programs.indexOf(program)];
  const writesAlone = options.logs && found.slice(programs.length).every(Boolean) && hooksFunctions();
  const notesAtExit = lazy || !has('thread_returned');
  const reasonAgainst = (program: string): string => {
    if (!has(program)) return `this kernel has no tracepoint ${TRACEPOINTS[program]}`;
    if (program === 'thread_returned' && lazy) return 'this kernel tells only of some returns: the exit of system calls is used';
    if (program === ANY_WRITE) return !options.logs ? NO_LOGS : writesAlone ? 'writes are hooked alone' : '';
    if (program === 'recorder_owned' && !options.tree) return TELLS_ITSELF;
    return '';
  };
  const plan = programs.map((name) => ({ name, use: reasonAgainst(name) === '', reason: reasonAgainst(name) }));
  const iterable = addon().kernelHas(Object.values(ITERATORS).map(({ over }) => over));
  Object.entries(ITERATORS).forEach(([name, { lacking }], i) => {
    const reason = !iterable[i] ? lacking : name === SOCKETS && !options.tree ? TELLS_ITSELF : '';
    plan.push({ name, use: reason === '', reason });
  });
  const againstWrites = !options.logs ? NO_LOGS : writesAlone ? '' : 'this kernel lets no function be hooked: the exit of every system call is used';
  for (const call of WRITES) plan.push({ name: `${call}_returned`, use: writesAlone, reason: againstWrites });
  plan.push({ name: SAMPLER, use: options.samples, reason: options.samples ? '' : 'no samples are wanted' });
  return { programs: plan, notesAtExit, everyCallPays: notesAtExit || plan.some(({ name, use }) => name === ANY_WRITE && use) };
}
