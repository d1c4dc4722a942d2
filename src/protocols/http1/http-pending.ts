import type { Pending } from '../pairing.js';
import type { Exchange } from '../protocol.js';

/** What a request says of its response's shape. */
export interface HttpPending extends Pending {
  /** HEAD: the response has no body whatever its fields say. */
  headOnly: boolean;
  /** CONNECT: a 2xx makes a tunnel. */
  tunnel: boolean;
}

export function newPending(exchange: Exchange): HttpPending {
  return { exchange, headOnly: false, tunnel: false, requestDone: false, responseStarted: false, responseDone: false, patient: false };
}
