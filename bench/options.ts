/** What to measure and how long, from the command line. */
import { parseArgs } from 'node:util';

export const WORKLOADS = ['http', 'redis', 'redis-pipelined', 'postgres'] as const;
export const PARTS = ['completeness', 'throughput', 'cost', 'parse', 'syscall', 'recorder', 'memory', 'page', 'symbols'] as const;
export const CONTENDERS = ['bare', 'kindling', 'tcpdump', 'strace'] as const;

export type WorkloadName = (typeof WORKLOADS)[number];
export type PartName = (typeof PARTS)[number];
export type ContenderName = (typeof CONTENDERS)[number];

export interface BenchOptions {
  parts: PartName[];
  workloads: WorkloadName[];
  contenders: ContenderName[];
  rounds: number;
  /** Of one run. */
  seconds: number;
  /** Of the watch over the agent's memory. */
  memorySeconds: number;
  /** Millions of requests in the store that the page's queries are timed on. */
  pageMillions: number;
  /** Where the report goes; a quick or partial run does not replace the published one. */
  output: string | null;
}

export const USAGE = `usage: npm run bench -- [options]

  --only LIST        parts (${PARTS.join(', ')})
                     and workloads (${WORKLOADS.join(', ')}), separated by commas
  --with LIST        contenders: ${CONTENDERS.join(', ')}
  --rounds N         interleaved rounds (default 5)
  --seconds N        length of one run (default 4)
  --quick            3 rounds of 2 s, the page's queries on 1 million requests instead of 10
  --long             watch the agent's memory for 10 minutes (default 1)
  --output FILE      write the report there (default: docs/benchmarks.md for a full run, else only printed)
`;

export class UsageError extends Error {}

export function readOptions(argv: string[]): BenchOptions {
  const { values } = parse(argv);
  if (values.help) throw new UsageError(USAGE);
  const words = list(values.only, [...PARTS, ...WORKLOADS]);
  const parts = PARTS.filter((part) => words.includes(part));
  const workloads = WORKLOADS.filter((workload) => words.includes(workload));
  const contenders = list(values.with, CONTENDERS);
  const whole = words.length === 0 && contenders.length === 0 && !values.quick;
  return {
    parts: parts.length > 0 ? parts : workloads.length > 0 ? ['completeness', 'throughput', 'cost', 'parse'] : [...PARTS],
    workloads: workloads.length > 0 ? workloads : [...WORKLOADS],
    contenders: contenders.length > 0 ? contenders : [...CONTENDERS],
    rounds: count(values.rounds, 'rounds', values.quick ? 3 : 5),
    seconds: count(values.seconds, 'seconds', values.quick ? 2 : 4),
    memorySeconds: values.long ? 600 : values.quick ? 20 : 60,
    pageMillions: values.quick ? 1 : 10,
    output: values.output ?? (whole ? 'docs/benchmarks.md' : null),
  };
}

function parse(argv: string[]) {
  try {
    return parseArgs({
      args: argv,
      options: {
        only: { type: 'string' }, with: { type: 'string' }, rounds: { type: 'string' }, seconds: { type: 'string' },
        quick: { type: 'boolean' }, long: { type: 'boolean' }, output: { type: 'string' }, help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n\n${USAGE}`);
  }
}

function list<T extends string>(text: string | undefined, known: readonly T[]): T[] {
  const words = (text ?? '').split(',').map((word) => word.trim()).filter(Boolean);
  const unknown = words.find((word) => !known.includes(word as T));
  if (unknown !== undefined) throw new UsageError(`unknown "${unknown}"; known: ${known.join(', ')}`);
  return words as T[];
}

function count(text: string | undefined, name: string, otherwise: number): number {
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 3600) throw new UsageError(`--${name} needs a whole number from 1 to 3600, not "${text}"`);
  return value;
}
