/**
 * What a verdict says, by case. Written for a tired person at night: plain words, the figure first, no guess dressed as a fact.
 * `{name}` is filled in; a part in [brackets] is left out when one of its names has nothing to say.
 */
export type VerdictCase =
  | 'cpu' | 'run_queue' | 'run_queue_idle' | 'lock' | 'lock_unknown' | 'peer' | 'peer_unknown' | 'file' | 'fault' | 'sleep' | 'other_request' | 'idle' | 'other'
  | 'queue' | 'mixed' | 'unexplained' | 'nothing';

export type VerdictValues = Readonly<Record<string, string | undefined>>;

export const VERDICT_OPENING = {
  slower: '{label} took {took}, usually {usual}.',
  usual: '{label} took {took}, which is usual for it ({usual}).',
  alone: '{label} took {took}.',
} as const;

export const VERDICT_TEXTS: Readonly<Record<VerdictCase, string>> = {
  cpu: '{time} ({share}) it was [{probably} ]computing: thread {thread} was on CPU[, mostly in {function}].',
  run_queue: '{time} ({share}) it was ready but got no CPU: {who} ran on its CPUs.',
  run_queue_idle: '{time} ({share}) it was ready but got no CPU; nobody else was seen on its CPUs, so probably a CPU limit held it back (cgroup throttling).',
  lock: '{time} ({share}) it waited for lock {lock}, [{probably} ]held by thread {holder}[ and {others}][, which was serving {serving}][; {holder} spent that time {doing}].',
  lock_unknown: '{time} ({share}) it waited for lock {lock}; who held it was not seen.',
  peer: '{time} ({share}) it waited for {peer}[ ({calls})][; {server} of that were spent in that server itself, the rest on the way][; {serverAll} passed in that server itself, so the network is not to blame][; {serverLittle} passed in that server itself, so probably the network or a queue before it is to blame].[ {network}]',
  peer_unknown: '{time} ({share}) it waited for the other end of a connection[ ({peer})]; probably that end was slow to send or to receive.[ {network}]',
  file: '{time} ({share}) it waited for the disk[: {file}][ and {others}].',
  fault: '{time} ({share}) it waited for memory: page faults had to be served before it could go on[ ({object})]; probably its memory was short or the file not in the cache.',
  sleep: '{time} ({share}) it slept: thread {thread} waited for a timer that it had set itself[ ({object})].',
  other_request: '{time} ({share}) its thread {thread} was busy with another request[: {request}][ and {others}].',
  idle: '{time} ({share}) thread {thread} had nothing to do for it: probably it waited for a timer or for input that was not recorded.',
  other: '{time} ({share}) it was blocked in system calls[ ({object})].',
  queue: '{time} ({share}) passed before the application read the request[: its thread {thread} was busy with {request}][: {reason}].',
  mixed: 'No single cause: {parts}.',
  unexplained: '{time} ({share}) cannot be explained by what was recorded[: {missing}].',
  nothing: 'Nothing stands out: {parts}.',
};

/** How the parts of a mixed verdict are called. */
export const KIND_TEXTS = {
  cpu: 'on CPU',
  run_queue: 'waiting for a CPU',
  lock: 'waiting for locks',
  peer: 'waiting for other services',
  file: 'waiting for the disk',
  fault: 'waiting for memory',
  sleep: 'asleep',
  other_request: 'busy with other requests',
  idle: 'idle',
  other: 'in other system calls',
  throttled: 'held back by its CPU limit',
  pool: 'waiting for its own threads',
  wire: 'on the network',
  gc: 'stopped by garbage collection',
  unread: 'unread in the socket',
  unexplained: 'unexplained',
} as const;

/** What the holder of a lock did with it. */
export const DOING_TEXTS: Readonly<Record<keyof typeof KIND_TEXTS, string>> = {
  cpu: 'on CPU',
  run_queue: 'waiting for a CPU',
  lock: 'waiting for another lock',
  peer: 'waiting for {object}',
  file: 'waiting for the disk',
  fault: 'waiting for memory',
  sleep: 'asleep',
  other_request: 'on CPU for {object}',
  idle: 'idle',
  other: 'in a system call',
  throttled: 'held back by its CPU limit',
  pool: 'waiting for its own threads',
  wire: 'waiting for the network',
  gc: 'stopped by garbage collection',
  unread: 'elsewhere',
  unexplained: '',
};

export function fillText(template: string, values: VerdictValues): string {
  return template.replace(/\[([^\]]*)\]|\{(\w+)\}/g, (_whole, optional: string | undefined, name: string | undefined) => {
    if (optional === undefined) return values[name ?? ''] ?? '';
    const names = [...optional.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
    if (names.some((needed) => !values[needed])) return '';
    return optional.replace(/\{(\w+)\}/g, (_part, needed: string) => values[needed] ?? '');
  });
}
