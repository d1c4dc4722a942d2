/** What the server is given: it knows neither the store nor the agent, only these. */
import type {
  AgentHealth, Causes, FieldInfo, Heatmap, LiveTick, Overview, Profile, ProfileSummary, ProfilingChange, ProfilingState, RequestDetail, RequestList, RequestSummary, ServiceDetail, TimeRange,
} from './api.js';

export interface RequestListQuery {
  range: TimeRange;
  /** In the filter language: `service:cart protocol:postgres >100ms error:yes`; '' for all. */
  filter: string;
  /** Field name, with `-` before it for descending order. */
  sort: string;
  limit: number;
  cursor: string | null;
}

/**
 * Answers about stored requests. A query that cannot be understood rejects with an error that has `code`, `message`
 * and `hint` (and `statusCode` when it is not 400): the caller of the API gets these.
 */
export interface Queries {
  overview(range: TimeRange, filter: string): Promise<Overview>;
  requests(query: RequestListQuery): Promise<RequestList>;
  heatmap(range: TimeRange, filter: string, columns: number): Promise<Heatmap>;
  /** null: no such request, or no longer kept. */
  request(id: string): Promise<RequestDetail | null>;
  service(name: string, range: TimeRange): Promise<ServiceDetail>;
  /** Unix ms of the oldest data in the range, to the roll-ups' step; null: none. */
  oldest?(range: TimeRange): Promise<number | null>;
  fields(): FieldInfo[] | Promise<FieldInfo[]>;
}

export interface LiveSink {
  requests(rows: RequestSummary[]): void;
  tick(tick: LiveTick): void;
}

export interface LiveSource {
  /** Throws like a query when the filter cannot be understood. Returns the function that ends the subscription. */
  subscribe(filter: string, sink: LiveSink): () => void;
}

/** HTTP Archive 1.2 documents. */
export interface HarSource {
  request(id: string): Promise<object | null>;
  requests(query: RequestListQuery): Promise<object>;
}

/** Profiles of single requests, as far as they are kept. */
export interface ProfileSource {
  /** null: this request has none. */
  get(requestId: string): Promise<Profile | null>;
  /** The same as gzip of its JSON, for those who only pass it on: some 20 times smaller. Absent where they are not kept so. */
  packed?(requestId: string): Promise<Uint8Array | null>;
  /** Most time lost first, at most `limit`. */
  list(limit: number): Promise<ProfileSummary[]>;
  /** Absent where profiles are only shown one by one. */
  causes?(range: TimeRange): Promise<Causes>;
}

/**
 * The flight recorder as it is controlled at run time, always within the scope that the agent was started with.
 * What cannot be done rejects with an error that has `code`, `message` and `hint`.
 */
export interface ProfilingControl {
  state(): ProfilingState;
  /** Resolves when its hooks are attached, or gone. */
  change(change: ProfilingChange): Promise<ProfilingState>;
}

/** The agent's state, as the page shows it. */
export type HealthSource = () => AgentHealth | Promise<AgentHealth>;

/** Prometheus text, and its content type. */
export type MetricsSource = () => Promise<{ contentType: string; text: string }>;
