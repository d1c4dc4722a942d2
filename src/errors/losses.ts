/** Everything that can be lost between the kernel and a request, by reason: one row each, from which page, CLI and metrics take it. */
export type LossUnit = 'events' | 'bytes' | 'connections' | 'requests';

export const LOSSES = {
  ring_overwritten: { unit: 'events', help: 'payload events overwritten before they were read: the agent had too little CPU, or ring.size is too small' },
  control_overwritten: { unit: 'events', help: 'opens, closes and connects overwritten before they were read' },
  payload_fault: { unit: 'events', help: 'payload that could not be read from the process\'s memory; sizes are exact' },
  no_connection_memory: { unit: 'events', help: 'calls on a socket for which the kernel had no memory left' },
  long_vector: { unit: 'events', help: 'vectored calls with more segments than are read; the rest of their payload is missing' },
  recording_stopped: { unit: 'events', help: 'events that are missing in the recording, because it could not be written any more' },
  bytes_unseen: { unit: 'bytes', help: 'bytes of closed connections whose events were lost; the kernel counted them, their requests are marked incomplete' },
  opening_unknown: { unit: 'connections', help: 'connections whose opening was lost: their addresses are unknown' },
  closing_unknown: { unit: 'connections', help: 'connections put aside because their process had ended a minute before and nothing told of their close' },
  connections_evicted: { unit: 'connections', help: 'connections forgotten because too many were open' },
  requests_shed: { unit: 'requests', help: 'requests forgotten while they waited for their response: more waited than the agent may remember' },
  requests_dropped: { unit: 'requests', help: 'requests that waited for their response when their connection was judged anew or forgotten' },
  labels_folded: { unit: 'requests', help: 'requests counted under ~other because there were too many different labels at once; their rows are not concerned' },
} as const satisfies Record<string, { unit: LossUnit; help: string }>;

export type LossReason = keyof typeof LOSSES;

export interface Loss { reason: string; count: number; unit: LossUnit; help: string }

/** Those that happened. */
export function lossesOf(counts: Partial<Record<LossReason, number>>): Loss[] {
  return (Object.entries(counts) as Array<[LossReason, number]>)
    .filter(([, count]) => count > 0).map(([reason, count]) => ({ reason, count, ...LOSSES[reason] }));
}

/** Units do not add up: bytes are no events. */
export function eventsLost(losses: ReadonlyArray<Pick<Loss, 'count' | 'unit'>>): number {
  return losses.reduce((sum, loss) => sum + (loss.unit === 'events' ? loss.count : 0), 0);
}
