import type { Pending } from '../pairing.js';
import type { Exchange } from '../protocol.js';
import type { Command } from './commands.js';
import { BLOCKING, SUBSCRIBES, UNSUBSCRIBES } from './commands.js';

export interface RedisPending extends Pending {
  command: Command | null;
  /** Replies still to come: more than one for several channels, -1 for "one for each channel subscribed". */
  replies: number;
}

export function newPending(exchange: Exchange, command: Command | null, argumentCount: number): RedisPending {
  const flags = command === null ? 0 : command.flags;
  let replies = 1;
  if ((flags & (SUBSCRIBES | UNSUBSCRIBES)) !== 0) replies = argumentCount > 1 ? argumentCount - 1 : (flags & UNSUBSCRIBES) !== 0 ? -1 : 1;
  return {
    exchange, command, replies, requestDone: true, responseStarted: false, responseDone: false, patient: (flags & BLOCKING) !== 0,
  };
}
