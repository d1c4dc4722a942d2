/** Waits for input while no call to another service is under way: for the request's own client, a connect, or a timer. */
import { connectName } from './peer-calls.js';
import type { PathInput } from './path-input.js';
import type { LedgerKind, Slice } from './profile.js';

const SENDS = new Set(['write', 'writev', 'sendto', 'sendmsg', 'sendmmsg', 'sendfile', 'splice', 'pwrite64', 'pwritev']);
/** With a time limit of their own: 0 as result means that it was reached. */
const POLLS = new Set(['epoll_wait', 'epoll_pwait', 'epoll_pwait2', 'poll', 'ppoll', 'select', 'pselect6']);

export interface Wait { kind: LedgerKind; object: string }

export const READS_SLOWLY = ' to read';
export const SENDS_SLOWLY = ' to send';

/** null: nothing more is known than the wait itself. */
export function waitWithoutCall(input: PathInput, tid: number, slice: Slice, endNs: number): Wait | null {
  if (slice.syscall === 'connect') return { kind: 'wire', object: connectName({ peer: slice.object } as Parameters<typeof connectName>[0]) };
  if (slice.kind === 'network' && SENDS.has(slice.syscall)) return clientWait(input, slice.object, READS_SLOWLY, endNs);
  if (POLLS.has(slice.syscall) && slice.result === 0) return { kind: 'sleep', object: 'timer' };
  const { request } = input;
  if (!request || request.role !== 'server' || slice.wokenBy?.pid === input.threads.find((one) => one.tid === tid)?.pid) return null;
  if (tid === input.responseTid && request.firstByteNs !== undefined && endNs > request.firstByteNs) return clientWait(input, '', READS_SLOWLY, endNs);
  if (tid === input.requestTid && request.sentNs !== undefined && endNs <= request.sentNs) return clientWait(input, '', SENDS_SLOWLY, endNs);
  return null;
}

/** Packets to the client that had to be sent again were the network's fault, not its own. */
function clientWait({ request }: PathInput, peer: string, what: string, endNs: number): Wait {
  const client = request?.client || peer;
  const lost = request?.lastRetransmitNs !== undefined && request.lastRetransmitNs + (request.rttNs ?? 0) >= endNs && (peer === '' || peer === request.client);
  if (lost) return { kind: 'wire', object: `packets to the client ${client}` };
  return { kind: 'peer', object: `${peer === '' || peer === request?.client ? `the client ${client}` : peer}${what}`.replace('  ', ' ') };
}
