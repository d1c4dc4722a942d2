/** Types of the calls that look at the flight recorder and control it. Part of api.ts. */

/** GET /api/profiling; POST /api/profiling with a `ProfilingChange` changes it and answers the new state. */
export interface ProfilingState {
  on: boolean;
  /** It is being turned on: the kernel verifies its programs. */
  starting: boolean;
  /** Why it cannot be switched on here, and what to do about it; '' when it can. */
  unavailable: string;
  /** Why it is off although nobody switched it off: it can be switched on again. '' when that is not so. */
  ended: string;
  /** Empty while it is off: nothing is attached then. */
  hooks: Array<{ name: string; state: 'attached' | 'skipped' | 'failed'; reason: string }>;
  /** What the recorder occupies, of all CPUs; while it is off, what it would. */
  memoryBytes: number;
  /** Time spent in its programs in the kernel, of one core; null: not accounted. */
  kernelCores: number | null;
  /** Kept ones. */
  profiles: { count: number; bytes: number };
  /** Since the agent's start. */
  counts: {
    /** Profiles by what made their request worth one. */
    byReason: Record<string, number>;
    /** Requests that deserved one and got none: their endpoint, the moment or the hour had its share. */
    passedOver: number;
    /** Profiles that could not be written to the disk. */
    unwritten: number;
    /** Why the last one could not; '' when it could. */
    unwrittenReason: string;
  };
  limits: ProfilingLimits;
  /** Requests asked for and not seen yet, oldest first. */
  asks: ProfilingAsk[];
}

export interface ProfilingLimits {
  memoryPerCpuBytes: number;
  /** Profiles an hour, of one endpoint, and in all. */
  perHour: number;
  perEndpoint: number;
  files: number;
  diskBytes: number;
}

/** The body of POST /api/profiling: one of the two, or both. */
export interface ProfilingChange {
  on?: boolean;
  /** Profile the next `count` (1 to 100) requests like this, however fast. */
  ask?: AskRequest;
}

export interface AskRequest {
  service: string;
  endpoint: string;
  /** '' or absent: any. */
  operation?: string;
  count: number;
}

export interface ProfilingAsk {
  service: string;
  endpoint: string;
  operation: string;
  count: number;
  /** How many of `count` are still to come. */
  remaining: number;
}
