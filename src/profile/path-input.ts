/** What the critical path is computed from. All times are ns since `Profile.start`. */
import type { CallRef, ProcessWork, RequestEnds, ThreadTimeline } from './profile.js';
import type { StackFacts } from './stack-facts.js';

export interface PathInput extends StackFacts {
  threads: readonly ThreadTimeline[];
  requestStartNs: number;
  requestEndNs: number;
  /** When the application read the request, if that is later than its arrival (`requestStartNs`). */
  requestReadNs?: number;
  /** Before this time some of what threads did is not recorded (any more). */
  recordedFromNs?: number;
  /** The thread that read the request, and the one that wrote its response. */
  requestTid: number;
  responseTid: number;
  /** Client requests the process made meanwhile, for whichever of its requests. */
  calls: readonly CallRef[];
  /** Other server requests of the process that overlapped with this one. */
  otherRequests: readonly CallRef[];
  /** The request's two ends: its stages and its client; absent: not known. */
  request?: RequestEnds;
  /** What other traced processes did meanwhile: servers that were asked, and those that had what these waited for. */
  processes?: readonly ProcessWork[];
}

/** When the application read the request; its arrival where that is not known. */
export function readNsOf({ requestReadNs, requestStartNs, requestEndNs }: PathInput): number {
  return requestReadNs !== undefined && requestReadNs > requestStartNs && requestReadNs <= requestEndNs ? requestReadNs : requestStartNs;
}

/** How a request is called in ledger and verdict: by its endpoint, by the service too when it is another one's. */
export function callName(call: CallRef): string {
  return [call.service || call.protocol, call.endpoint].filter((part) => part !== '').join(' ') || call.id;
}

export function requestName(request: CallRef): string {
  return request.endpoint || request.id;
}
