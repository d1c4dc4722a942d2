/** One or two sentences: what happened, against what is usual, and what most of the time went to. Only what the evidence says. */
import type { RequestDetail, RequestSummary } from '../src/server/api.js';
import { formatDuration, formatShare, startMs } from './format.js';
import { stagesOf, statusText } from './stages.js';

/** Nanoseconds of `call` after the request's start; exact, because the difference is small. */
export function offsetNs(call: RequestSummary, request: RequestSummary): number {
  return Number(BigInt(call.start) - BigInt(request.start));
}

/** How much of the request at least one of the calls was under way. */
export function coveredNs(request: RequestSummary, calls: readonly RequestSummary[]): number {
  const spans = calls
    .map((call) => {
      const from = offsetNs(call, request);
      return [Math.max(0, from), Math.min(request.durationNs, from + call.durationNs)];
    })
    .filter(([from, to]) => to > from)
    .sort((a, b) => a[0] - b[0]);
  let covered = 0;
  let end = 0;
  for (const [from, to] of spans) {
    if (to <= end) continue;
    covered += to - Math.max(from, end);
    end = to;
  }
  return covered;
}

/** Well above p95 is unusual; between, nothing is said. */
function againstUsual({ request, usual }: RequestDetail): string {
  if (!usual || usual.count < 5) return '';
  if (request.durationNs > usual.p95Ns * 1.5) return `, usually ${formatDuration(usual.p50Ns)}`;
  if (request.durationNs <= usual.p95Ns) return ', as usual';
  return '';
}

function failure(request: RequestSummary): string {
  const peer = request.role === 'client' ? request.peerService || request.server : 'The service';
  if (request.error === 'connect_failed') return `The connection to ${request.server} failed after ${formatDuration(request.durationNs)}.`;
  if (request.error === 'no_response') return `${peer} never answered; after ${formatDuration(request.durationNs)} the connection ended or Kindling gave up.`;
  return `It failed with ${request.protocol === 'http' ? `status ${request.status}` : statusText(request)} after ${formatDuration(request.durationNs)}.`;
}

function timeWentTo(detail: RequestDetail): string {
  const { request, calls } = detail;
  const stages = stagesOf(request);
  const main = stages.reduce((most, stage) => (stage.ns > most.ns ? stage : most), stages[0]);
  if (!main) return '';
  const whole = Math.max(1, request.durationNs);
  if (main.key !== 'wait' || request.role === 'client') return `${formatShare(Math.min(1, main.ns / whole))} of the time: ${main.label} (${formatDuration(main.ns)}).`;
  if (calls.length === 0) return `${formatShare(Math.min(1, main.ns / whole))} of the time passed inside this service, with no call of its own that Kindling saw.`;
  const longest = calls.reduce((most, call) => (call.durationNs > most.durationNs ? call : most));
  const share = coveredNs(request, calls) / whole;
  const what = `${longest.peerService}: ${longest.endpoint || longest.operation} took ${formatDuration(longest.durationNs)}`;
  if (share >= 0.5) return `For ${formatShare(share)} of the time the process had calls to others under way; longest, ${what}.`;
  return `Calls to others cover only ${formatShare(share)} of it; the rest passed inside the service.`;
}

export function verdict(detail: RequestDetail): string {
  const { request } = detail;
  if (request.error === 'connect_failed' || request.error === 'no_response') return failure(request);
  const head = request.error === 'protocol_error' ? failure(request) : `It took ${formatDuration(request.durationNs)}${againstUsual(detail)}.`;
  return `${head} ${timeWentTo(detail)}`.trim();
}

/** Time on the wire: what this end saw beyond what the other end took. */
export function wireNs(detail: RequestDetail): number | null {
  const { request, otherEnd } = detail;
  if (!otherEnd || otherEnd.role === request.role) return null;
  const [client, server] = request.role === 'client' ? [request, otherEnd] : [otherEnd, request];
  return Math.max(0, client.durationNs - server.durationNs);
}

export function requestStartMs(request: RequestSummary): number {
  return startMs(request.start);
}
