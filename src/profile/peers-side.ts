/**
 * Time at a peer, looked at more closely: what its own threads did meanwhile, where it is traced, and what was the network's
 * time, not the peer's (connecting, packets sent again, being on the way).
 */
import type { PathInput } from './path-input.js';
import { connectName, isConnect } from './peer-calls.js';
import { lostUntil } from './network.js';
import type { CallRef, PathSegment } from './profile.js';
import { sameStacks } from './stack-facts.js';

/** Less than this on the way is not worth a line of its own. */
const LEAST_WAY_NS = 1e6;

/** Of the time until a packet was there at last: so much passes at most until it is answered. */
const ANSWERED_SOON = 0.5;

/** The path with its time at peers split. `pathOf`: the critical path of a request in another process; empty when too far away. */
export function peersSide(path: readonly PathSegment[], input: PathInput, pathOf: (server: PathInput) => PathSegment[]): PathSegment[] {
  const known = new Map<string, PathSegment[]>();
  const serverPath = (call: CallRef): PathSegment[] => {
    let found = known.get(call.id);
    if (!found) known.set(call.id, (found = pathAtServer(call, input, pathOf)));
    return found;
  };
  return path.flatMap((segment) => (segment.kind === 'peer' && segment.call ? splitSegment(segment, segment.call, serverPath) : [segment]));
}

function splitSegment(segment: PathSegment, call: CallRef, serverPath: (call: CallRef) => PathSegment[]): PathSegment[] {
  if (isConnect(call)) return [{ ...segment, kind: 'wire', object: connectName(call) }];
  const inside = call.server ? serverPath(call) : [];
  if (inside.length > 0) return splitByServer(segment, inside);
  // From one end only: until what was lost had been sent once more, and had come, nobody could work for it.
  const againNs = lostUntil(call, segment.startNs, segment.endNs);
  const lostUntilNs = explainsWait(call, againNs) ? againNs : -Infinity;
  const wire = cut(segment, segment.startNs, Math.min(segment.endNs, lostUntilNs));
  return [...wire.map((one) => ({ ...one, kind: 'wire' as const })), ...cut(segment, Math.max(segment.startNs, lostUntilNs), segment.endNs)];
}

/**
 * Packets are sent again also when the other end is just slow to confirm them. Was one lost, the answer comes when it has come:
 * where most of the time passed behind it, that was not it.
 */
function explainsWait(call: CallRef, lostUntilNs: number): boolean {
  return call.endNs - lostUntilNs <= (lostUntilNs - call.startNs) * ANSWERED_SOON;
}

function splitByServer(segment: PathSegment, inside: readonly PathSegment[]): PathSegment[] {
  const startNs = inside[0].startNs;
  const endNs = inside[inside.length - 1].endNs;
  const before = cut(segment, segment.startNs, Math.min(startNs, segment.endNs));
  const after = cut(segment, Math.max(endNs, segment.startNs), segment.endNs);
  const onTheWay = [...before, ...after].reduce((sum, one) => sum + one.endNs - one.startNs, 0) >= LEAST_WAY_NS;
  const worked = onTheWay ? cut(segment, Math.max(startNs, segment.startNs), Math.min(endNs, segment.endNs)) : [segment];
  const wire = (one: PathSegment): PathSegment => ({ ...one, kind: 'wire' });
  return [
    ...(onTheWay ? before.map(wire) : []),
    ...worked.map((one) => ({ ...one, inside: inside.flatMap((part) => cut(part, Math.max(part.startNs, one.startNs), Math.min(part.endNs, one.endNs))) })),
    ...(onTheWay ? after.map(wire) : []),
  ].sort((a, b) => a.startNs - b.startNs);
}

/** What is left of a segment between two times: one, or none. */
function cut(segment: PathSegment, startNs: number, endNs: number): PathSegment[] {
  return endNs > startNs ? [{ ...segment, startNs, endNs }] : [];
}

function pathAtServer(call: CallRef, input: PathInput, pathOf: (server: PathInput) => PathSegment[]): PathSegment[] {
  const { server } = call;
  const work = input.processes?.find((one) => one.pid === server?.pid);
  if (!server || !work) return [];
  const view = work.requests.find((one) => one.id === server.id);
  if (!view || !input.threads.some((thread) => thread.pid === server.pid)) return [];
  // Where it is not known how long the request lay unread at the server: since it was sent, unless packets were lost.
  const arrivedNs = view.readNs !== undefined || call.retransmits ? server.startNs : Math.min(server.startNs, call.sentNs ?? call.startNs);
  return pathOf({
    threads: input.threads, processes: input.processes, ...sameStacks(input), request: { ...view, role: 'server' },
    requestStartNs: arrivedNs, requestEndNs: server.endNs, requestReadNs: view.readNs ?? server.startNs,
    requestTid: server.requestTid, responseTid: server.responseTid, calls: work.calls, otherRequests: work.requests.filter((one) => one !== view),
  });
}
