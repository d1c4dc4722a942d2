/** What each part found; the report is made of this. */
import type { MachineFacts } from './machine.js';
import type { ContenderName, WorkloadName } from './options.js';

export interface ThroughputRow {
  workload: WorkloadName;
  contender: ContenderName;
  /** Medians over the rounds; ratios are of the same round's bare run, null without one. */
  requestsPerSecond: number;
  rateSpread: number;
  rateRatio: number | null;
  p99Ms: number;
  p99Ratio: number | null;
  serverUs: number;
  serverRatio: number | null;
  watcherUs: number;
  /** What the contender said it lost, by round. */
  lost: string[];
}

/** `counted`: where nothing may be missing. `flat out`: where losses may happen, but must be told. */
export type CompletenessLoad = 'counted' | 'flat out';

export interface CompletenessRow {
  workload: WorkloadName;
  load: CompletenessLoad;
  requestsPerSecond: number;
  client: number;
  /** Counted by the agent: metrics and charts. */
  counted: number;
  /** Rows in the store with `--keep all`. */
  stored: number;
  losses: string;
}

export type AgentVariant = 'capture only' | 'with store';

export interface CostRow {
  workload: WorkloadName;
  variant: AgentVariant;
  requestsPerSecond: number;
  /** Microseconds a request: the agent's processes, its BPF programs (null when not accounted). */
  agentUs: number;
  bpfUs: number | null;
  agentCores: number;
  serverUs: number;
  serverRatio: number;
  rssBytes: number;
}

export interface ParseRow { workload: WorkloadName; requests: number; usPerRequest: number }

export interface SyscallRow { variant: 'bare' | 'socket hooks' | 'fallback hooks'; nsPerCall: number; addedNs: number | null }

/** `recorder alone`: the kernel side and nothing of the agent. */
export type RecorderVariant = 'bare' | 'recorder alone' | 'agent' | 'agent with recorder';

export interface RecorderRow {
  workload: WorkloadName;
  variant: RecorderVariant;
  requestsPerSecond: number;
  /** Against the same without the recorder in the same round: bare, or the agent without it. */
  rateRatio: number;
  /** The recorder's programs, by the kernel's account; contained in what server and client use. Null: not accounted. */
  bpfUs: number | null;
  serverUs: number;
  serverRatio: number;
}

export type SwitchVariant = 'bare' | 'recorder alone' | 'perf record -e sched:sched_switch';

export interface SwitchRow { variant: SwitchVariant; nsPerSwitch: number; addedNs: number | null }

export interface MemoryRow { variant: AgentVariant; seconds: number; firstBytes: number; lastBytes: number; maxBytes: number }

export interface PageRow { query: string; rows: number; p50Ms: number; maxMs: number }

export interface SymbolsRow {
  workload: WorkloadName;
  samples: number;
  /** CPU time to unwind one stack, with the rules of its addresses known. */
  unwindUs: number;
  framesPerStack: number;
  /** Of stacks that reach the outermost frame. */
  wholeShare: number;
  /** A window of 1,000 samples to names, in a symbolizer just started, and in one that knows the files. */
  firstMs: number;
  againMs: number;
  /** Of the symbolizer's process. */
  rssBytes: number;
}

export interface Results {
  machine: MachineFacts;
  date: string;
  rounds: number;
  seconds: number;
  throughput: ThroughputRow[];
  completeness: CompletenessRow[];
  cost: CostRow[];
  parse: ParseRow[];
  syscall: SyscallRow[];
  recorder: RecorderRow[];
  switches: SwitchRow[];
  memory: MemoryRow[];
  page: PageRow[];
  symbols: SymbolsRow[];
  /** Parts that could not be measured, with the reason. */
  failures: Array<{ part: string; reason: string }>;
}
