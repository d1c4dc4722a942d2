/** Waits for input while no call to another service is under way: for the request's own client, a connect, or a timer. */
import { lostUntil } from './network.js';
import type { PathInput } from './path-input.js';
import type { LedgerKind, Slice } from './profile.js';

const SENDS = new Set(['write', 'writev', 'sendto', 'sendmsg', 'sendmmsg', 'sendfile', 'splice', 'pwrite64', 'pwritev']);
/** With a time limit of their own: 0 as result means that it was reached. */
const POLLS = new Set(['epoll_wait', 'epoll_pwait', 'epoll_pwait2', 'poll', 'ppoll', 'select', 'pselect6']);

export interface Wait { startNs: number; endNs: number; kind: LedgerKind; object: string }

export const READS_SLOWLY = ' to read';
export const SENDS_SLOWLY = ' to send';

/** The wait of a thread between two times, latest part first; empty: nothing more is known than the wait itself. */
export function waitWithoutCall(input: PathInput, tid: number, slice: Slice, startNs: number, endNs: number): Wait[] {
  const at = { startNs, endNs };
  if (slice.syscall === 'connect') return [{ ...at, kind: 'wire', object: `connect to ${slice.object || 'another service'}` }];
  if (slice.kind === 'network' && SENDS.has(slice.syscall)) return clientWait(input, slice.object, READS_SLOWLY, at);
  if (POLLS.has(slice.syscall) && slice.result === 0) return [{ ...at, kind: 'sleep', object: 'timer' }];
  const { request } = input;
  if (!request || request.role !== 'server' || slice.wokenBy?.pid === input.threads.find((one) => one.tid === tid)?.pid) return [];
  if (tid === input.responseTid && request.firstByteNs !== undefined && endNs > request.firstByteNs) return clientWait(input, '', READS_SLOWLY, at);
  if (tid === input.requestTid && request.sentNs !== undefined && endNs <= request.sentNs) return clientWait(input, '', SENDS_SLOWLY, at);
  return [];
}

/** Packets to the client that had to be sent again were the network's fault, not its own. */
function clientWait({ request }: PathInput, peer: string, what: string, { startNs, endNs }: { startNs: number; endNs: number }): Wait[] {
  const isClient = peer === '' || peer === request?.client || !/:\d+$/.test(peer);
  const client = `the client ${request?.client ?? ''}`.trimEnd();
  const lostUntilNs = isClient && request ? lostUntil(request, startNs, endNs) : -Infinity;
  const parts: Wait[] = [{ startNs: Math.max(startNs, lostUntilNs), endNs, kind: 'peer', object: `${isClient ? client : peer}${what}` }];
  if (lostUntilNs > startNs) parts.push({ startNs, endNs: Math.min(endNs, lostUntilNs), kind: 'wire', object: `packets to ${client}` });
  return parts;
}
