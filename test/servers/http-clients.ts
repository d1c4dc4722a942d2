import { run, type RunOptions } from './run.js';
import type { LoadResult } from './clients.js';
import { figure, optionalDurationMs, optionalFigure } from './parse.js';

export interface WrkOptions extends RunOptions { url: string; seconds?: number; connections?: number; threads?: number; script?: string }

/** wrk stops on time: requests it had sent but not seen answered (up to one a connection) are not in its count. */
export async function wrk(options: WrkOptions): Promise<LoadResult> {
  const { url, seconds = 2, connections = 10, threads = 1, script, ...place } = options;
  const command = ['wrk', '-t', String(threads), '-c', String(connections), '-d', `${seconds}s`, '--latency', ...(script ? ['-s', script] : []), url];
  const { stdout } = await run(command, { timeoutMs: (seconds + 20) * 1000, ...place });
  const socketErrors = /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(stdout)?.slice(1).map(Number) ?? [];
  return {
    requests: figure(stdout, /(\d+) requests in /),
    errors: (optionalFigure(stdout, /Non-2xx or 3xx responses: (\d+)/) ?? 0) + socketErrors.reduce((sum, count) => sum + count, 0),
    seconds,
    p50Ms: optionalDurationMs(stdout, /50%\s+([\d.]+)(us|ms|s|m)/),
    p99Ms: optionalDurationMs(stdout, /99%\s+([\d.]+)(us|ms|s|m)/),
    output: stdout,
  };
}

export interface H2loadOptions extends RunOptions {
  url: string;
  /** Exactly so many; or for so long at `ratePerSecond`. */
  requests?: number;
  seconds?: number;
  connections?: number;
  ratePerSecond?: number;
  http1?: boolean;
}

/** HTTP/1.1 unless told otherwise; counts exactly. */
export async function h2load(options: H2loadOptions): Promise<LoadResult> {
  const { url, requests, seconds, connections = 10, ratePerSecond, http1 = true, ...place } = options;
  const amount = requests === undefined ? ['-D', String(seconds ?? 2)] : ['-n', String(requests)];
  // The rate is given for each connection.
  const rate = ratePerSecond === undefined ? [] : [`--rps=${ratePerSecond / connections}`];
  const command = ['h2load', ...(http1 ? ['--h1'] : []), ...amount, ...rate, '-c', String(connections), '-t', '1', url];
  const { stdout } = await run(command, { timeoutMs: 120_000, ...place });
  return {
    requests: figure(stdout, /requests: \d+ total, \d+ started, (\d+) done/),
    errors: figure(stdout, /, (\d+) failed,/) + figure(stdout, /, (\d+) errored,/),
    seconds: optionalDurationMs(stdout, /finished in ([\d.]+)(us|ms|s|m)/)! / 1000,
    p50Ms: null,
    p99Ms: null,
    output: stdout,
  };
}

/** Arguments as on curl's command line; returns the body. */
export async function curl(args: string[], options: RunOptions = {}): Promise<string> {
  return (await run(['curl', '-sS', '--noproxy', '*', ...args], options)).stdout;
}
