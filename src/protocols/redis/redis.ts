/** Redis and everything that speaks RESP2 or RESP3 (Valkey, KeyDB, Dragonfly). */
import type { Protocol } from '../protocol.js';
import { RedisConnection } from './connection.js';
import { detect } from './detect.js';

export const redis: Protocol = {
  name: 'redis',
  transports: ['stream'],
  detect,
  create: (context, _transport, joined) => new RedisConnection(context, joined),
};
