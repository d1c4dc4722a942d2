/** Connects as calls of their own: the time before a call that its connection took to be made. */
import type { CallRef } from './profile.js';

const FROM_CONNECT = 'connect';

/** The first call of a connection waited for it right before. */
export function connectsOf(calls: readonly CallRef[]): CallRef[] {
  return calls.filter((call) => call.connectNs && !isConnect(call)).map((call) => ({
    ...call, endpoint: FROM_CONNECT, protocol: 'tcp', startNs: call.startNs - call.connectNs!, endNs: call.startNs, server: undefined,
  }));
}

/** A failed one is a request of its own. */
export function isConnect({ protocol, endpoint }: CallRef): boolean {
  return protocol === 'tcp' && endpoint === FROM_CONNECT;
}

export function connectName(call: CallRef): string {
  return `connect to ${[call.service, call.peer].filter((part, i, all) => part && all.indexOf(part) === i).join(' ') || 'another service'}`;
}
