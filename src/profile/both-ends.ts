/**
 * The same exchange as its two ends saw it. The connection tells: client's address, server's address, protocol; of the
 * requests that went over it one after the other the times.
 */
import type { RequestRecord } from '../requests/record.js';

/** What is kept of each: no payload, no text. There are tens of thousands of them. */
export type ExchangeRecord = Pick<RequestRecord, 'id' | 'role' | 'pid' | 'comm' | 'service' | 'peerService' | 'protocol' | 'operation' | 'endpoint' | 'client' | 'server'
  | 'requestTid' | 'responseTid' | 'connectNs' | 'unreadNs' | 'sendNs' | 'waitNs' | 'responseUnreadNs' | 'error'>;

export interface Exchange { record: ExchangeRecord; startNs: number; endNs: number }

/** The server cannot have had the request before it was sent; its own clock readings are a system call's exit late at most. */
const EARLY_NS = 2e6;
/** It may return from its last write after the client has read it all, or be kept from its CPU then. */
const LATE_NS = 100e6;

export interface Servers { get(call: Exchange): Exchange | undefined }

/** Which of these exchanges is the server's view of a call. Each is the view of one call only. */
export function serversOf(exchanges: Iterable<Exchange>): Servers {
  const byConnection = new Map<string, Exchange[]>();
  const calls: Exchange[] = [];
  for (const one of exchanges) {
    if (one.record.role === 'client') calls.push(one);
    else {
      const key = connectionOf(one.record);
      const known = byConnection.get(key);
      if (known) known.push(one);
      else byConnection.set(key, [one]);
    }
  }
  return {
    get(call) {
      let best: Exchange | undefined;
      let bestNs = Infinity;
      for (const server of byConnection.get(connectionOf(call.record)) ?? []) {
        if (!isView(call, server)) continue;
        const apartNs = Math.abs(server.startNs - call.startNs) + Math.abs(server.endNs - call.endNs);
        if (apartNs < bestNs) [best, bestNs] = [server, apartNs];
      }
      return best;
    },
  };
}

/** Behind address translation the server's address differs; a client's own address and port are one connection's at a time. */
function connectionOf({ client, server, protocol }: ExchangeRecord): string {
  return client.startsWith('unix:') ? `${protocol} ${server}` : `${protocol} ${client}`;
}

function isView(call: Exchange, server: Exchange): boolean {
  return server.record.operation === call.record.operation && server.record.pid !== call.record.pid
    && server.startNs >= call.startNs - EARLY_NS && server.startNs <= call.endNs && server.endNs <= call.endNs + LATE_NS;
}
