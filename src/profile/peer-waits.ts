/** Waits for input: which call to another service was it that the thread waited for? */
import type { CallRef, Slice } from './profile.js';

/** Calls' times and slices' come over two ways from one clock; they may differ by this much. */
const SLACK_NS = 200_000;

export interface PeerWait { startNs: number; endNs: number; /** null: no call was under way */ call: CallRef | null }

/**
 * Pieces of the wait, latest first. `critical` is the call found later on the path (the walk goes backwards): of two calls
 * made in parallel the one that was answered last decides, for all of its time.
 */
export function peerWaits(calls: readonly CallRef[], critical: CallRef | null, fromNs: number, toNs: number): PeerWait[] {
  const pieces: PeerWait[] = [];
  let endNs = toNs;
  while (endNs > fromNs) {
    const call = callAt(calls, critical, endNs);
    let startNs = call ? Math.max(fromNs, call.startNs) : fromNs;
    if (call && startNs - fromNs <= SLACK_NS) startNs = fromNs;
    if (!call) for (const earlier of calls) if (earlier.endNs < endNs && earlier.startNs < earlier.endNs) startNs = Math.max(startNs, earlier.endNs);
    pieces.push({ startNs, endNs, call });
    critical = call ?? critical;
    endNs = startNs;
  }
  return pieces;
}

/** The call under way just before `ns` that was answered first after it. */
export function callAt(calls: readonly CallRef[], critical: CallRef | null, ns: number): CallRef | null {
  if (critical && critical.startNs < ns && critical.endNs >= ns && calls.includes(critical)) return critical;
  return firstAnswered(calls, ns, 0) ?? firstAnswered(calls, ns, SLACK_NS);
}

function firstAnswered(calls: readonly CallRef[], ns: number, slackNs: number): CallRef | null {
  let first: CallRef | null = null;
  for (const call of calls) if (call.startNs < ns && call.endNs + slackNs >= ns && (!first || call.endNs < first.endNs)) first = call;
  return first;
}

/** Was the call's answer read right after the wait, before the thread waited again (at `nextWaitNs`)? */
export function endedWait(wait: Slice, nextWaitNs: number, call: CallRef): boolean {
  return call.endNs + SLACK_NS >= wait.endNs && call.endNs <= nextWaitNs + SLACK_NS;
}
