/**
 * What a verdict says, by case. Written for a tired person at night: plain words, the figure first, no guess dressed as a fact.
 * `{name}` is filled in; a part in [brackets] is left out when one of its names has nothing to say.
 */
export type VerdictCase =
  | 'cpu' | 'gc' | 'run_queue' | 'run_queue_idle' | 'throttled' | 'lock' | 'lock_unknown' | 'pool' | 'queue' | 'other_request'
  | 'peer' | 'peer_unknown' | 'dns' | 'connect' | 'connect_failed' | 'packet_loss' | 'wire' | 'slow_reader' | 'slow_sender'
  | 'file' | 'fsync' | 'fault' | 'fault_limit' | 'sleep' | 'timer' | 'idle' | 'other' | 'unread' | 'mixed' | 'unexplained' | 'nothing';

export type VerdictValues = Readonly<Record<string, string | undefined>>;

export const VERDICT_OPENING = {
  slower: '{label} took {took}, usually {usual}.',
  usual: '{label} took {took}, which is usual for it ({usual}).',
  alone: '{label} took {took}.',
} as const;

export const VERDICT_TEXTS: Readonly<Record<VerdictCase, string>> = {
  cpu: '{time} ({share}) it was [{probably} ]computing: thread {thread} was on CPU[, {amount} in {function}].',
  gc: '{time} ({share}) it stood still for garbage collection[ ({object})].',
  run_queue: '{time} ({share}) it was ready but got no CPU: {who} ran on its CPUs.',
  run_queue_idle: '{time} ({share}) it was ready but got no CPU; nobody else was seen on its CPUs, so probably a CPU limit held it back (cgroup throttling).',
  throttled: '{time} ({share}) it was ready but held back by the CPU limit of its cgroup (throttled {times}, {throttled} in all).',
  lock: '{time} ({share}) it waited for {lock}, [{probably} ]held by {holder}[ and {others}][, which was serving {serving}][; {who} {doing}].',
  lock_unknown: '{time} ({share}) it waited for {lock}; who held it was not seen.',
  pool: '{time} ({share}) it waited for a free thread of its own pool: {busy} busy with {request}[ and {others}][, {amount} in {function}].',
  queue: '{time} ({share}) passed before {point}[: its thread {thread} was busy with {request}][ and {others}][ ({spent} in {function})][: {reason}].',
  other_request: '{time} ({share}) its thread {thread} was busy with another request[: {request}][ and {others}][ ({spent} in {function})].',
  peer: '{time} ({share}) it waited for {peer}[ ({calls})][; there {inside}].[ {network}]',
  peer_unknown: '{time} ({share}) it waited for the other end of a connection[ ({peer})]; probably that end was slow to send or to receive.[ {network}]',
  dns: '{time} ({share}) it waited for a name to be resolved: {peer} was slow to answer[ ({calls})][; there {inside}].[ {network}]',
  connect: '{time} ({share}) it waited to {peer}: the connection was slow to come about, so the network or a full queue at that end is to blame.[ {network}]',
  connect_failed: '{time} ({share}) it tried to {peer}, in vain.',
  packet_loss: '{time} ({share}) packets were lost between it and {peer}: {retransmits} had to be sent again.[ {rest}]',
  wire: '{time} ({share}) went by on the way to {peer} and back[; {rest}].[ {network}]',
  slow_reader: '{time} ({share}) it could not send on: {peer} was slow to read the response.[ {network}]',
  slow_sender: '{time} ({share}) it waited for the rest of the request: {peer} was slow to send it.[ {network}]',
  file: '{time} ({share}) it waited for the disk[: {file}][ and {others}].',
  fsync: '{time} ({share}) it waited until the disk had written what it flushed[: {file}][ and {others}].',
  fault: '{time} ({share}) it waited for memory: page faults had to be served before it could go on[ ({object})][; {faults} of its process meanwhile]; probably its memory was short or the file not in the cache.',
  fault_limit: '{time} ({share}) it waited for memory: page faults had to be served before it could go on[ ({object})][; {faults} of its process meanwhile]; its cgroup was at its memory limit of {limit} ({times} meanwhile), so what it needs is thrown out again and again.',
  sleep: '{time} ({share}) it slept: thread {thread} waited for a timer that it had set itself[ ({object})][, in {function}].',
  timer: '{time} ({share}) it waited for a timer that it had set itself: nothing else was under way for it on thread {thread}.',
  idle: '{time} ({share}) thread {thread} had nothing to do for it: probably it waited for a timer or for input that was not recorded.',
  other: '{time} ({share}) it was blocked in system calls[ ({object})].',
  unread: '{time} ({share}) it lay unread in the socket[ ({object})].',
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

/** What a peer's process, or the holder of a lock, did meanwhile: after its name. */
export const DOING_TEXTS: Readonly<Record<keyof typeof KIND_TEXTS, string>> = {
  cpu: 'was computing (on CPU)[, {amount} in {function}]',
  run_queue: 'waited for a CPU[: {object} ran instead]',
  lock: 'waited for {lock}[ held by {holder}][, which {doing}]',
  peer: 'waited for {object}[; there {inside}]',
  file: 'waited for the disk[: {object}]',
  fault: 'waited for memory',
  sleep: 'slept',
  other_request: 'was busy with another request[: {object}][ ({spent} in {function})]',
  idle: 'had nothing to do',
  other: 'was in a system call[ ({object})]',
  throttled: 'was held back by its CPU limit',
  pool: 'waited for its own threads[, busy with {object}]',
  wire: 'waited for the network[: {object}]',
  gc: 'was stopped by garbage collection',
  unread: 'had not read it yet',
  unexplained: '',
};

/** What a holder did between its own requests. */
export const HOLDER_TEXTS = {
  idle_in_transaction: 'was idle in transaction[ after {statement}]',
  at: 'was at {statement}[; it {doing}]',
} as const;

export const NETWORK_TEXTS = {
  fine: 'The network is fine ({figures}).',
  lost: 'The network lost packets ({figures}).',
  far: 'The network is slow ({figures}).',
} as const;

export function fillText(template: string, values: VerdictValues): string {
  return template.replace(/\[([^\]]*)\]|\{(\w+)\}/g, (_whole, optional: string | undefined, name: string | undefined) => {
    if (optional === undefined) return values[name ?? ''] ?? '';
    const names = [...optional.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
    if (names.some((needed) => !values[needed])) return '';
    return optional.replace(/\{(\w+)\}/g, (_part, needed: string) => values[needed] ?? '');
  });
}
