import { startRedis } from '../../test/servers/redis.js';
import { run } from '../../test/servers/run.js';
import type { Arena } from '../arena.js';
import type { ClientResult, Workload } from './workload.js';

/** Enough for a rate to plan the real run with: redis-benchmark takes a number of requests, not a time. */
const trialRequests = 2000;
/** redis-benchmark's own default. */
const countedRequests = 100_000;

function redisWorkload(name: 'redis' | 'redis-pipelined', port: number, pipeline: number): Workload {
  const options = ['-p', String(port), '-t', 'get', '-d', '64', '-r', '10000', '-P', String(pipeline), '--csv'];
  const benchmark = (arena: Arena, clients: number, requests: number) => redisBenchmark(arena, [...options, '-c', String(clients)], requests);
  const forAbout = async (arena: Arena, clients: number, seconds: number) => {
    const trial = await benchmark(arena, clients, trialRequests * pipeline);
    return benchmark(arena, clients, Math.ceil(trial.requests / trial.seconds * seconds / pipeline) * pipeline);
  };
  return {
    name,
    title: `redis-server, redis-benchmark -t get -c 32 -P ${pipeline}`,
    counted: "protocol = 'redis' AND operation = 'GET'",
    steadyTitle: `redis-benchmark -t get -c 4 -P ${pipeline} (no fixed rate: it has none)`,
    start: (arena) => startRedis(arena.serverPlace, { port }),
    runFlatOut: (arena, _server, seconds) => forAbout(arena, 32, seconds),
    runExactly: (arena, _server, requests) => benchmark(arena, 32, requests),
    countedTitle: `redis-benchmark -t get -c 32 -P ${pipeline} -n ${countedRequests} (its default number)`,
    runCounted: (arena) => benchmark(arena, 32, countedRequests),
    runSteadily: (arena, _server, seconds) => forAbout(arena, 4, seconds),
  };
}

export const redis = redisWorkload('redis', 6390, 1);
export const redisPipelined = redisWorkload('redis-pipelined', 6391, 16);

async function redisBenchmark(arena: Arena, options: string[], requests: number): Promise<ClientResult> {
  const { stdout } = await run(['redis-benchmark', ...options, '-n', String(requests)], { ...arena.clientPlace, timeoutMs: 300_000 });
  const [header, values] = stdout.trim().split('\n').slice(-2).map((line) => line.split(',').map((cell) => cell.replaceAll('"', '')));
  const column = (name: string) => Number(values?.[header.indexOf(name)]);
  const rate = column('rps');
  if (!(rate > 0)) throw new Error(`cannot read redis-benchmark's output:\n${stdout}`);
  return { requests, failed: 0, seconds: requests / rate, p99Ms: column('p99_latency_ms') };
}
