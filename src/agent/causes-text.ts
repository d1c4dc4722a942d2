/** What a service loses time to, as a part of a sentence: data, by the kind that took most. */
import type { LedgerKind } from '../profile/profile.js';
import type { ProfileRow } from '../profile/profile-summary.js';
import { nameText } from '../profile/quantities.js';

const LOSSES: Record<LedgerKind, (object: string) => string> = {
  cpu: (object) => (object === '' ? 'its own code on CPU' : `its own code on CPU, ${object}`),
  run_queue: () => 'waiting for a CPU', throttled: () => 'the CPU limit of its cgroup',
  lock: (object) => (object === '' ? 'a lock' : `the lock ${object}`), pool: () => 'a busy thread pool',
  peer: (object) => (object === '' ? 'another service' : `waiting for ${object}`), wire: () => 'the network',
  file: (object) => (object === '' ? 'files and disk' : `the file ${object}`), fault: () => 'memory that was not there', gc: () => 'garbage collection', sleep: () => 'sleeping',
  unread: () => 'requests that lie unread in its sockets', other_request: () => 'other requests on the same thread', idle: () => 'waiting for something that could not be seen',
  other: () => 'system calls', unexplained: () => 'something that could not be explained',
};

export function lossOf({ topKind, cause, objects }: ProfileRow): string {
  const sort = topKind === 'cpu' ? 'function' : topKind;
  const object = objects.find((one) => one.sort === sort)?.name ?? (cause.kind === topKind ? cause.object : '');
  return LOSSES[topKind](nameText(object));
}
