/** All protocols, in the order in which detection asks them: the strictest signatures first. Adding one adds a line here. */
import { mysql } from './mysql/index.js';
import { postgres } from './postgres/index.js';
import { http1 } from './http1/http1.js';
import { dns } from './dns/dns.js';
import { redis } from './redis/redis.js';
import type { Protocol } from './protocol.js';

export const protocols: readonly Protocol[] = [
  http1,
  redis,
  postgres,
  mysql,
  dns,
];
