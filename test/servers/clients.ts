/** The servers' own load generators and command-line clients, with the number of requests each says it made. */
export { curl, h2load, wrk } from './http-clients.js';
export { redisBenchmark, redisCli } from './redis-clients.js';
export { pgbench, psql } from './postgres-clients.js';
export { mariadbCli, mysqlslap } from './mariadb-clients.js';
export { dig } from './dns-clients.js';

export interface LoadResult {
  /** Requests answered, as the client counts them. */
  requests: number;
  errors: number;
  seconds: number;
  /** Null where the client does not tell. */
  p50Ms: number | null;
  p99Ms: number | null;
  output: string;
}
