/** Which of the recorder's programs are used on this kernel, and why. Features are probed, versions are not compared. */
import { addon } from './addon.js';

export interface RecorderHook { name: string; use: boolean; reason: string }

export interface RecorderPlan {
  programs: RecorderHook[];
  /** Blocked calls of every thread are noted at the exit of the system call, for want of a better place. */
  notesAtExit: boolean;
}

/** Program → the kernel's tracepoint it hangs on; without those in NEEDED there is no recorder. */
const TRACEPOINTS: Record<string, string> = {
  thread_switched: 'sched_switch', thread_woken: 'sched_waking', recorder_forked: 'sched_process_fork', recorder_executed: 'sched_process_exec',
  recorder_exited: 'sched_process_exit', recorder_renamed: 'task_rename', recorder_retransmitted: 'tcp_retransmit_skb',
  thread_returned: 'rseq_update', call_returned: 'sys_exit',
};
export const NEEDED = ['thread_switched', 'thread_woken', 'recorder_forked'];
export const SAMPLER = 'sampled';
/** An iterator over tasks: runs when a window is read. */
export const STATES = 'thread_states';

export function planRecorder(options: { logs: boolean; samples: boolean }): RecorderPlan {
  const programs = Object.keys(TRACEPOINTS);
  // With struct rseq_event the kernel updates rseq only where it must (6.19): no longer after each block.
  const [lazy, ...found] = addon().kernelHas(['rseq_event', ...programs.map((program) => `btf_trace_${TRACEPOINTS[program]}`)]);
  const has = (program: string): boolean => found[programs.indexOf(program)];
  const notesAtExit = lazy || !has('thread_returned');
  const reasonAgainst = (program: string): string => {
    if (!has(program)) return `this kernel has no tracepoint ${TRACEPOINTS[program]}`;
    if (program === 'thread_returned' && lazy) return 'this kernel tells only of some returns: the exit of system calls is used';
    if (program === 'call_returned' && !options.logs && !notesAtExit) return 'log lines are not wanted: nothing is added to system calls';
    return '';
  };
  const plan = programs.map((name) => ({ name, use: reasonAgainst(name) === '', reason: reasonAgainst(name) }));
  const states = addon().kernelHas(['bpf_iter__task'])[0];
  plan.push({ name: STATES, use: states, reason: states ? '' : 'this kernel cannot iterate over tasks: what threads do at the end of a window stays open' });
  return { programs: [...plan, { name: SAMPLER, use: options.samples, reason: options.samples ? '' : 'no samples are wanted' }], notesAtExit };
}
