import { startNginx } from '../../test/servers/nginx.js';
import { run } from '../../test/servers/run.js';
import type { Arena } from '../arena.js';
import { readNumber, type ClientResult, type Workload } from './workload.js';

const port = 8080;
const url = `http://127.0.0.1:${port}/hello`;
const unitMs: Record<string, number> = { us: 1e-3, ms: 1, s: 1e3, m: 60e3 };
export const STEADY_RATE = 10_000;
const steadyConnections = 50;

const steady = `h2load --h1 at ${STEADY_RATE} requests/s over ${steadyConnections} connections`;

export const http: Workload = {
  name: 'http',
  title: 'nginx (1 worker, 6-byte body), wrk -t1 -c32',
  counted: "protocol = 'http' AND endpoint = '/hello'",
  steadyTitle: steady,
  countedTitle: steady,
  start: (arena) => startNginx(arena.serverPlace, { port }),

  async runFlatOut(arena, _server, seconds) {
    const { stdout } = await run(['wrk', '-t1', '-c32', `-d${seconds}s`, '--latency', url], { ...arena.clientPlace, timeoutMs: (seconds + 30) * 1e3 });
    const summary = /(\d+) requests in ([\d.]+)(us|ms|s|m)\b/.exec(stdout);
    const p99 = /\s99%\s+([\d.]+)(us|ms|s|m)\b/.exec(stdout);
    if (summary === null || p99 === null) throw new Error(`cannot read wrk's output:\n${stdout}`);
    const failed = Number(/Non-2xx or 3xx responses: (\d+)/.exec(stdout)?.[1] ?? 0);
    return { requests: Number(summary[1]), failed, seconds: Number(summary[2]) * unitMs[summary[3]] / 1e3, p99Ms: Number(p99[1]) * unitMs[p99[2]] };
  },

  runExactly: (arena, _server, requests) => h2load(arena, ['-n', String(requests), '-c', '32']),

  runSteadily: (arena, _server, seconds) => h2loadAtRate(arena, seconds),
  runCounted: (arena, _server, seconds) => h2loadAtRate(arena, seconds),
};

function h2loadAtRate(arena: Arena, seconds: number): Promise<ClientResult> {
  return h2load(arena, ['-n', String(STEADY_RATE * seconds), '-c', String(steadyConnections), `--rps=${STEADY_RATE / steadyConnections}`], seconds);
}

/** @param seconds that it takes when nothing slows it down */
async function h2load(arena: Arena, options: string[], seconds = 0): Promise<ClientResult> {
  const { stdout } = await run(['h2load', '--h1', '-t', '1', ...options, url], { ...arena.clientPlace, timeoutMs: (seconds + 300) * 1e3 });
  const finished = /finished in ([\d.]+)(us|ms|s|m)\b/.exec(stdout);
  if (finished === null) throw new Error(`cannot read h2load's output:\n${stdout}`);
  return {
    requests: readNumber(stdout, /, (\d+) succeeded/),
    failed: readNumber(stdout, /, (\d+) failed/),
    seconds: Number(finished[1]) * unitMs[finished[2]] / 1e3,
    p99Ms: Number.NaN,
  };
}
