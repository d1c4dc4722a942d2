import { run, type RunOptions } from './run.js';
import type { LoadResult } from './clients.js';

export interface RedisBenchmarkOptions extends RunOptions {
  port: number;
  requests?: number;
  connections?: number;
  /** -P: commands sent before the first answer is read. */
  pipeline?: number;
  /** One of redis-benchmark's tests (`get`, `set`, `incr`, ...), or a command of one's own. */
  test?: string;
  command?: string[];
}

/** On each connection it first sends `CONFIG GET save` and `CONFIG GET appendonly`: these are not in `requests`. */
export async function redisBenchmark(options: RedisBenchmarkOptions): Promise<LoadResult> {
  const { port, requests = 10_000, connections = 10, pipeline = 1, test = 'get', command = [], ...place } = options;
  const what = command.length > 0 ? command : ['-t', test];
  const line = ['redis-benchmark', '-h', '127.0.0.1', '-p', String(port), '-n', String(requests), '-c', String(connections), '-P', String(pipeline), '--csv', ...what];
  const { stdout } = await run(line, { timeoutMs: 120_000, ...place });
  // "test","rps","avg_latency_ms","min_latency_ms","p50_latency_ms","p95_latency_ms","p99_latency_ms","max_latency_ms"
  const row = stdout.trim().split('\n').at(-1)!.split(',').map((cell) => Number(cell.replaceAll('"', '')));
  return { requests, errors: 0, seconds: requests / row[1], p50Ms: row[4], p99Ms: row[6], output: stdout };
}

/** One command, or several from `input`, one a line. */
export async function redisCli(port: number, args: string[], options: RunOptions = {}): Promise<string> {
  return (await run(['redis-cli', '-h', '127.0.0.1', '-p', String(port), ...args], options)).stdout;
}
