/** Whose threads belong to a profile: the request's process, servers that worked for it, and processes that these waited for. */
import type { CallRef, ProcessWork } from './profile.js';
import type { SwitchRecord } from './thread-slices.js';

const MAX_PROCESSES = 16;

/**
 * @param processes as `RecentExchanges.around` found them, the request's own first
 * @param switches of all these processes
 * @returns their work, in the order in which they were found; those without any part in it are left out
 */
export function relatedProcesses(
  processes: readonly ProcessWork[], request: CallRef, switches: readonly SwitchRecord[], fromNs: number, toNs: number,
): ProcessWork[] {
  const byPid = new Map(processes.map((one) => [one.pid, one]));
  const [own] = processes;
  const found = new Set(own ? [own] : []);
  const add = (pid: number | undefined): void => {
    const work = pid === undefined ? undefined : byPid.get(pid);
    if (work && found.size < MAX_PROCESSES) found.add(work);
  };
  add(request.server?.pid);
  const wakers = wakersOf(switches, fromNs, toNs);
  // A set is walked in the order in which it grows.
  for (const { pid, name, service, calls } of found) {
    for (const call of calls) add(call.server?.pid);
    for (const wakerPid of wakers.get(pid) ?? []) {
      const waker = byPid.get(wakerPid);
      if (waker?.name === name && waker.service === service) add(wakerPid);
    }
  }
  return [...found];
}

/** By process, the other processes that woke its threads in this time. */
function wakersOf(switches: readonly SwitchRecord[], fromNs: number, toNs: number): Map<number, Set<number>> {
  const wakers = new Map<number, Set<number>>();
  for (const { pid, wakerPid, onNs, offNs } of switches) {
    if (wakerPid === 0 || wakerPid === pid || onNs < fromNs || offNs > toNs) continue;
    const known = wakers.get(pid);
    if (known) known.add(wakerPid);
    else wakers.set(pid, new Set([wakerPid]));
  }
  return wakers;
}
