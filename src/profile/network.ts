/** What the recorder knows of the connections that calls went over: round trips, and segments that had to be sent again. */
import type { OperationRecord, RetransmitRecord } from './evidence.js';
import type { CallRef } from './profile.js';

export interface NetworkEvidence {
  retransmits: readonly RetransmitRecord[];
  operations: readonly OperationRecord[];
  /** What the times of calls are relative to. */
  originNs: number;
}

/** Adds to the call what is known of its connection meanwhile. `remote`: the other end's address as the process sees it. */
export function addNetwork<T extends CallRef>(call: T, pid: number, remote: string | undefined, { retransmits, operations, originNs }: NetworkEvidence): T {
  const startNs = call.startNs - (call.connectNs ?? 0) + originNs;
  const endNs = call.endNs + originNs;
  const again = retransmits.filter(({ ns, local, remote: far }) => ns >= startNs && ns <= endNs && isOf(call, local, far));
  if (again.length > 0) {
    call.retransmits = again.length;
    call.retransmittedNs = again.map(({ ns }) => ns - originNs).sort((a, b) => a - b).slice(-MAX_TOLD);
  }
  // The newest figure of that peer, taken by whichever thread of the process.
  const seen = operations.filter((one) => one.pid === pid && one.object === remote && one.srttUs >= 0 && one.ns <= endNs + LATER_NS);
  const rttUs = seen.at(-1)?.srttUs ?? again.map(({ srttUs }) => srttUs).filter((us) => us >= 0).at(-1);
  if (rttUs !== undefined) {
    call.rttNs = rttUs * 1_000;
    call.retransmits ??= 0;
  }
  return call;
}

/** Of one connection, the last. */
const MAX_TOLD = 100;
/** An operation is noted when it returns. */
const LATER_NS = 1e6;

/** Sent by either end. Behind address translation one of the two addresses is another: the client's is telling enough. */
function isOf({ client, peer }: CallRef, local: string, remote: string): boolean {
  if (!client || client.startsWith('unix:')) return false;
  return (local === client && (remote === peer || !peer)) || remote === client;
}

/**
 * Until when a wait that began then was for packets that had been lost: the last one sent again within it had come. Nobody
 * could go on before. -Infinity when nothing was lost.
 */
export function lostUntil({ retransmittedNs, rttNs }: CallRef, startNs: number, endNs: number): number {
  const last = retransmittedNs?.findLast((ns) => ns > startNs && ns <= endNs);
  const way = typeof rttNs === 'number' && rttNs > 0 ? rttNs : 0;
  return last === undefined ? -Infinity : Math.min(endNs, last + way);
}
