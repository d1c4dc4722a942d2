/** Which of the calls a process made meanwhile may be what the request waited for. An event loop makes calls for many requests at once. */
import type { RequestDetail, RequestSummary } from '../src/server/api.js';
import { offsetNs } from './verdict.js';

export interface FittingCall {
  call: RequestSummary;
  /** Share of the request's waiting that the call filled, 0 to 1. */
  fills: number;
  /** It ended after the answer began: the answer cannot have waited for all of it. */
  outlasts: boolean;
}

/** Between the last byte of the request and the first of the answer; without stages, all of it. */
function waitingOf(request: RequestSummary): { fromNs: number; toNs: number } {
  const fromNs = request.waitNs === null ? 0 : (request.unreadNs ?? 0) + (request.sendNs ?? 0);
  return { fromNs, toNs: request.waitNs === null ? request.durationNs : fromNs + request.waitNs };
}

/** Best fits first: what fills most of the waiting without outlasting it. */
export function fittingCalls({ request, calls }: Pick<RequestDetail, 'request' | 'calls'>): FittingCall[] {
  const { fromNs, toNs } = waitingOf(request);
  const waiting = Math.max(1, toNs - fromNs);
  // Clocks of two system calls, and a call's answer read in the same moment that ours went out.
  const slackNs = waiting * 0.01;
  const fits = calls.map((call) => {
    const start = offsetNs(call, request);
    const end = start + call.durationNs;
    return { call, fills: Math.max(0, Math.min(toNs, end) - Math.max(fromNs, start)) / waiting, outlasts: end > toNs + slackNs };
  });
  return fits.sort((a, b) => Number(a.outlasts) - Number(b.outlasts) || b.fills - a.fills);
}

/** What is sure about these calls, and what is not. */
export function certainty({ concurrent, calls }: Pick<RequestDetail, 'concurrent' | 'calls'>): string {
  if (calls.length === 0) return '';
  const made = `Sure: this process made ${calls.length === 1 ? 'this call' : 'these calls'} while the request was in work.`;
  if (concurrent === 0) return `${made} No other request was in work on this thread, so ${calls.length === 1 ? 'it is' : 'they are'} most likely its own.`;
  const others = concurrent === 1 ? 'another request was' : `${concurrent} other requests were`;
  return `${made} Not sure: that they were made for this one, since ${others} in work on the same thread. Best fits first: what fills its waiting and ends before it does.`;
}
