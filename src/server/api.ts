/** Types of the HTTP API; the page imports nothing else of `src/`. Times in queries are Unix milliseconds. */
import type { RequestRecord } from '../requests/record.js';

/** GET /api/requests/:id/profile answers a `Profile`; profile.html, .perfetto.json, .speedscope.json and .pb.gz beside it are files made of it. */
export type {
  CallRef, Cause, Frame, FrameKind, LedgerEntry, LedgerKind, LogLine, LookAt, Moment, MomentKind, Operation, PathSegment, Pressure, Profile,
  Sample, Slice, SliceKind, Stack, Stacks, ThreadRef, ThreadTimeline, TriggerReason, Usual,
} from '../profile/profile.js';
export type { CauseObject, CauseRow, Causes, KindTime, ProfileSummary } from './api-causes.js';
export type { AskRequest, ProfilingAsk, ProfilingChange, ProfilingLimits, ProfilingState } from './api-profiling.js';

/** A row of lists and of the live tail: the record without payloads. */
export type RequestSummary = Omit<RequestRecord, 'requestPayload' | 'responsePayload'>;

export interface TimeRange { from: number; to: number }

/** GET /api/overview?from&to&filter */
export interface Overview {
  range: TimeRange;
  /** One sentence on the state. */
  sentence: string;
  services: ServiceRow[];
  /** Said where it matters: sampling, losses, retention. */
  notes: string[];
}
export interface ServiceRow {
  service: string;
  protocols: string[];
  /** The end that the figures are of: what it answers when it answers anything, else what it asks. */
  role: 'server' | 'client';
  /** Requests a second over the range, server side when known, else client side. */
  rate: number;
  count: number;
  errors: number;
  slow: number;
  p50Ns: number;
  p95Ns: number;
  p99Ns: number;
  /** Requests per second, and p95, per bucket of the range. */
  spark: Array<{ t: number; rate: number; errors: number; p95Ns: number }>;
  /** Services it calls, most time first. */
  dependencies: Array<{ service: string; protocol: string; count: number; errors: number; totalNs: number }>;
}

/** GET /api/requests?from&to&filter&sort=-start|-duration|...&limit&cursor */
export interface RequestList {
  range: TimeRange;
  rows: RequestSummary[];
  nextCursor: string | null;
  /** Requests that match by the roll-ups (exact), when the filter can be answered from them. */
  matched: number | null;
  /** Present when normal requests were sampled: what share of the matching requests has a row. */
  sampled: { kept: number; of: number } | null;
  notes: string[];
}

/** GET /api/heatmap?from&to&filter&columns : requests by time and duration, from the roll-ups */
export interface Heatmap {
  range: TimeRange;
  /** Lower edges of the columns, ms, and their width. */
  times: number[];
  stepMs: number;
  /** Lower edges of the duration buckets, ns. */
  bounds: number[];
  /** cells[column][bucket] */
  cells: number[][];
  errors: number[][];
  notes: string[];
}

/** GET /api/requests/:id */
export interface RequestDetail {
  request: RequestSummary;
  requestPayload: Payload | null;
  responsePayload: Payload | null;
  /** The same exchange seen at the other end, where that process is traced too. */
  otherEnd: RequestSummary | null;
  /** What the traced process asked of others meanwhile (client-side requests of the same process within the window). */
  calls: RequestSummary[];
  /** Other requests that the same process (same thread, where each request has its own) was answering at the same time. */
  concurrent: number;
  /** Same connection, before and after, oldest first. */
  earlier: RequestSummary[];
  later: RequestSummary[];
  /** p50 and p95 of the same endpoint in the hour around it. */
  usual: { p50Ns: number; p95Ns: number; count: number } | null;
}
export interface Payload {
  base64: string;
  /** Bytes on the wire; more than the prefix carries when it was cut. */
  totalBytes: number;
}

/** GET /api/services/:name?from&to */
export interface ServiceDetail {
  range: TimeRange;
  service: string;
  series: Array<{ t: number; rate: number; errors: number; p50Ns: number; p95Ns: number; p99Ns: number; bytesIn: number; bytesOut: number }>;
  endpoints: Array<{ role: string; protocol: string; endpoint: string; operation: string; count: number; errors: number; slow: number; p50Ns: number; p95Ns: number; p99Ns: number; totalNs: number }>;
  callers: Array<{ service: string; protocol: string; count: number; errors: number; p95Ns: number }>;
  callees: Array<{ service: string; protocol: string; count: number; errors: number; p95Ns: number }>;
}

/** GET /api/agent */
export interface AgentHealth {
  version: string;
  /** `starting`: the page answers, hooks are not attached yet. */
  state: 'starting' | 'capturing' | 'stopping';
  startedAt: number;
  scope: string;
  pid: number;
  /** Hooks in use, and why another was not taken. */
  hooks: Array<{ name: string; state: 'attached' | 'skipped' | 'failed'; reason: string }>;
  events: { total: number; perSecond: number; bytes: number };
  requests: { total: number; perSecond: number; incomplete: number };
  connections: { open: number; total: number; unclassified: number };
  /** Everything that was lost, by reason; empty when nothing was. */
  losses: Array<{ reason: string; count: number; unit: 'events' | 'bytes' | 'connections' | 'requests'; help: string }>;
  cpu: { agentCores: number; captureCores: number; storeCores: number; kernelCores: number | null };
  memory: { agentRssBytes: number; storeRssBytes: number };
  store: StoreHealth | null;
  /** Last three minutes, one point a second. */
  history: Array<{ t: number; events: number; requests: number; lost: number; agentCores: number; rssBytes: number }>;
}
export interface StoreHealth {
  state: 'ok' | 'degraded' | 'down';
  message: string;
  engine: string;
  directory: string;
  rows: number;
  bytes: number;
  oldestMs: number | null;
  diskBudgetBytes: number;
  spoolBatches: number;
  spoolBytes: number;
  keptPerSecond: number;
  budgetPerSecond: number;
  droppedBatches: number;
}

/** GET /api/fields : columns and filter words, from the one table in store/columns.ts */
export interface FieldInfo { name: string; label: string; kind: 'text' | 'number' | 'duration' | 'bytes' | 'time' | 'flag'; help: string; filter: boolean; values?: string[] }

/** GET /api/live (server-sent events): `event: requests` data RequestSummary[]; `event: tick` data LiveTick once a second. Query: filter. */
export interface LiveTick {
  t: number;
  requestsPerSecond: number;
  errorsPerSecond: number;
  /** Events lost since the agent's start. */
  lost: number;
  notes: string[];
  /** Rows that this stream left out since its last tick because the browser was too slow; added by the server. */
  dropped?: number;
}

/** Every failed call: HTTP status plus this. `code` stands in docs/errors.md. */
export interface ApiError { code: string; message: string; hint: string }
