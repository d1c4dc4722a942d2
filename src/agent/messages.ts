/** What passes between the capture worker (drain, streams, protocols, requests) and the main thread (store, server, exports). */
import type { MessagePort } from 'node:worker_threads';
import type { Ask } from '../profile/trigger.js';
import type { Loss } from '../errors/losses.js';
import type { RequestRecord } from '../requests/record.js';
import type { RollupRow } from '../requests/rollup.js';

/** Scope of capture. `all` is refused while KINDLING_REQUIRE_SCOPE=1. */
export type Scope =
  | { kind: 'cgroup'; paths: string[] }
  | { kind: 'tree'; pids: number[] }
  | { kind: 'all' };

export interface CaptureOptions {
  scope: Scope;
  /** Process ids the agent consists of (never captured): filled in by the worker with its own and the store's. */
  excludePids: number[];
  /** Ring per CPU, bytes. */
  ringBytes: number;
  /** Rows of single requests a second; Infinity with --keep all. */
  detailBudget: number;
  slowThresholdsMs: Record<string, number>;
  urlClustering: 'alphabet' | 'noparam' | 'blank';
  redactSqlLiterals: boolean;
  ignoreDnsNxdomain: boolean;
  noResponseTimeoutMs: number;
  /** Force the fallback hooks (tests). */
  hooks: 'auto' | 'socket' | 'syscall';
  /** Write raw events to this recording as well. */
  recordTo: string | null;
  /** Rows are encoded for the store; false when none is used. */
  encodeRows: boolean;
  /** Requests that get a profile in any hour. */
  profilesPerHour: number;
  /** What a profile shows before and after its request. */
  profileEdgeNs: number;
}

export interface CaptureHealth {
  /** Totals since start. */
  events: number;
  eventBytes: number;
  requests: number;
  incomplete: number;
  connectionsOpen: number;
  connectionsTotal: number;
  /** Open ones whose protocol is not known, and all there ever were. */
  connectionsUnclassified: number;
  unclassifiedTotal: number;
  losses: Loss[];
  /** CPU seconds of the worker thread since start. */
  cpuSeconds: number;
  /** CPU seconds spent in our BPF programs, null when the kernel does not account for it. */
  kernelSeconds: number | null;
  profiling: ProfilingCounts;
}

/** What the trigger did and waits for. */
export interface ProfilingCounts { passedOver: number; asks: Ask[] }

export interface HookState { name: string; state: 'attached' | 'skipped' | 'failed'; reason: string }

export type WorkerMessage =
  | { type: 'ready'; hooks: HookState[] }
  /**
   * Kept rows since the last message: encoded for the store, and some (bounded) as objects for the live tail.
   * `seen`: all requests meanwhile, kept or not.
   */
  | { type: 'requests'; rowBinary: Uint8Array | null; rowCount: number; recent: RequestRecord[]; seen: number }
  | { type: 'rollups'; rows: RollupRow[] }
  | { type: 'health'; health: CaptureHealth }
  /** Answers `ask`. */
  | { type: 'asked'; taken: boolean; profiling: ProfilingCounts }
  /** Answers `traced-pids`. */
  | { type: 'traced-pids'; pids: number[] }
  /** The recording ends here; capture goes on. */
  | { type: 'recording-failed'; code: string; message: string; hint: string }
  | { type: 'fatal'; code: string; message: string; hint: string };

export type MainMessage =
  | { type: 'exclude'; pids: number[] }
  /** Whether somebody follows the live tail. */
  | { type: 'watched'; watched: boolean }
  | { type: 'traced-pids' }
  /** Profile the next `count` requests like this. */
  | { type: 'ask'; like: Pick<Ask, 'service' | 'endpoint' | 'operation'>; count: number }
  /** Where jobs for the profile worker go from now on; null: nobody profiles. */
  | { type: 'profiling'; jobs: MessagePort | null }
  | { type: 'stop' };
