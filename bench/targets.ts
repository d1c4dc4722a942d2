/** The figures to reach, each with how to read it from the results. Null: not measured in this run. */
import type { AgentVariant, CostRow, Results } from './results.js';
import type { WorkloadName } from './options.js';

export interface Target {
  what: string;
  unit: string;
  digits: number;
  /** Met when the measured value is at most this ('at least' for completeness). */
  limit: number;
  atLeast?: boolean;
  measured(results: Results): number | null;
}

const cost = (results: Results, workload: WorkloadName, variant: AgentVariant): CostRow | null =>
  results.cost.find((row) => row.workload === workload && row.variant === variant) ?? null;

const captureCost = (workload: WorkloadName, limit: number): Target => ({
  what: `Capture, parse and metrics, kernel and user side: ${workload}`, unit: 'us/request', digits: 2, limit,
  measured(results) {
    const row = cost(results, workload, 'capture only');
    return row === null || row.bpfUs === null ? null : row.agentUs + row.bpfUs;
  },
});

const serverCost = (workload: WorkloadName): Target => ({
  what: `CPU of the traced server per request: ${workload}`, unit: '% more', digits: 1, limit: 5,
  measured(results) {
    const row = cost(results, workload, 'with store');
    return row === null ? null : (row.serverRatio - 1) * 100;
  },
});

const completeness = (workload: WorkloadName, which: 'counted' | 'stored'): Target => ({
  what: `Share of the client's requests ${which}: ${workload}`, unit: '%', digits: 3, limit: 100, atLeast: true,
  measured(results) {
    const row = results.completeness.find((one) => one.workload === workload && one.load === 'counted');
    // More than the client made is as wrong as less.
    return row === undefined ? null : 100 - Math.abs(row[which] - row.client) / row.client * 100;
  },
});

const addedPerCall = (variant: 'socket hooks' | 'fallback hooks', limit: number): Target => ({
  what: `System call of a process out of scope, ${variant}`, unit: 'ns more', digits: 1, limit,
  measured: (results) => results.syscall.find((row) => row.variant === variant)?.addedNs ?? null,
});

const recorderCost = (workload: WorkloadName): Target => ({
  what: `Throughput with the flight recorder on: ${workload}`, unit: '% less', digits: 1, limit: 3,
  measured(results) {
    const row = results.recorder.find((one) => one.workload === workload && one.variant === 'recorder alone');
    return row === undefined ? null : (1 - row.rateRatio) * 100;
  },
});

const memory = (what: string, variant: AgentVariant, limit: number): Target => ({
  what, unit: 'MB', digits: 0, limit,
  measured(results) {
    const row = results.memory.find((one) => one.variant === variant);
    return row === undefined ? null : row.maxBytes / 1e6;
  },
});

/** Growth over less says nothing: garbage collection comes in waves. */
const SHORTEST_WATCH_SECONDS = 60;

export const TARGETS: readonly Target[] = [
  ...(['http', 'redis-pipelined', 'postgres'] as const).flatMap((name) => [completeness(name, 'counted'), completeness(name, 'stored')]),
  captureCost('http', 6), captureCost('redis', 4), captureCost('postgres', 7),
  {
    what: 'Whole agent with store and default budget at 10,000 HTTP requests/s', unit: 'core', digits: 3, limit: 0.15,
    measured: (results) => cost(results, 'http', 'with store')?.agentCores ?? null,
  },
  serverCost('http'), serverCost('redis'), serverCost('postgres'),
  addedPerCall('socket hooks', 5), addedPerCall('fallback hooks', 40),
  recorderCost('http'), recorderCost('redis'), recorderCost('postgres'),
  {
    what: 'The flight recorder at each switch of a thread', unit: 'ns more', digits: 0, limit: 250,
    measured: (results) => results.switches.find((row) => row.variant === 'recorder alone')?.addedNs ?? null,
  },
  memory('Memory (RSS) without the store', 'capture only', 150), memory('Memory (RSS) with the store', 'with store', 700),
  {
    what: 'Growth of memory without the store while watched', unit: '%', digits: 1, limit: 5,
    measured(results) {
      const row = results.memory.find((one) => one.variant === 'capture only');
      return row === undefined || row.seconds < SHORTEST_WATCH_SECONDS ? null : (row.lastBytes / row.firstBytes - 1) * 100;
    },
  },
  {
    what: 'Slowest of the page\'s queries (median) with 10 million requests', unit: 'ms', digits: 0, limit: 150,
    measured: (results) => (results.page[0]?.rows ?? 0) < 1e7 ? null : Math.max(...results.page.map((row) => row.p50Ms)),
  },
];

export type Verdict = 'met' | 'MISSED' | 'not measured';

export function judge(target: Target, results: Results): { measured: number | null; verdict: Verdict } {
  const measured = target.measured(results);
  if (measured === null || Number.isNaN(measured)) return { measured: null, verdict: 'not measured' };
  const met = target.atLeast ? measured >= target.limit : measured <= target.limit;
  return { measured, verdict: met ? 'met' : 'MISSED' };
}
