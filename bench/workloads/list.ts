import type { WorkloadName } from '../options.js';
import { http } from './http.js';
import { postgres } from './postgres.js';
import { redis, redisPipelined } from './redis.js';
import type { Workload } from './workload.js';

export const WORKLOAD_BY_NAME: Record<WorkloadName, Workload> = { http, redis, 'redis-pipelined': redisPipelined, postgres };
