/** A trace profile: what every thread of a process did around one request. The type of API, page and files. */

/** What a thread was doing. The page's colours belong to these. */
export type SliceKind =
  | 'running'    // on a CPU
  | 'run_queue'  // ready, waiting for a CPU
  | 'lock'       // futex
  | 'network'    // a socket: waiting for its peer
  | 'file'       // file or disk
  | 'fault'      // page fault that had to wait
  | 'sleep'      // nanosleep and the like
  | 'idle'       // epoll, poll, select, accept: waiting for anything to do
  | 'other';     // another system call

export interface ThreadRef { pid: number; tid: number; name: string }

/** A stretch of one thread's time. Slices of a thread neither overlap nor leave holes. Times are ns since `Profile.start`. */
export interface Slice {
  startNs: number;
  endNs: number;
  kind: SliceKind;
  /** Name of the blocked system call; '' when it was not in one. */
  syscall: string;
  /** The object: lock address, `fd 12 127.0.0.1:5432`, file path; of run_queue who ran instead. '' when unknown. */
  object: string;
  /** Who ended the wait; null when nobody we know (interrupt, timer). */
  wokenBy: ThreadRef | null;
}

export interface ThreadTimeline extends ThreadRef {
  /** Executed the request: read it or wrote its response. */
  executed: boolean;
  /** Has a part in the critical path. */
  onPath: boolean;
  slices: Slice[];
}

/** What the request's time went into. */
export type LedgerKind = 'cpu' | 'run_queue' | 'lock' | 'peer' | 'file' | 'fault' | 'sleep' | 'other_request' | 'idle' | 'other' | 'unexplained';

/** A piece of the critical path; the pieces cover the request from start to end without holes. */
export interface PathSegment {
  startNs: number;
  endNs: number;
  kind: LedgerKind;
  tid: number;
  object: string;
  /** The call to another service that it waited for, when it is known. */
  call: CallRef | null;
}

/** A request that the process made to others meanwhile, as stored. */
export interface CallRef { id: string; service: string; protocol: string; endpoint: string; startNs: number; endNs: number; tid: number }

export interface LedgerEntry { kind: LedgerKind; object: string; ns: number; /** 0..1 of the request's duration */ share: number }

export interface Profile {
  requestId: string;
  service: string;
  endpoint: string;
  pid: number;
  /** Unix ns of time 0 of this profile, as a decimal string. */
  start: string;
  /** The window, ns since start; the request lies within it. */
  windowNs: number;
  requestStartNs: number;
  requestEndNs: number;
  threads: ThreadTimeline[];
  path: PathSegment[];
  /** Largest first; sums to the request's duration. */
  ledger: LedgerEntry[];
  /** One or two sentences. */
  verdict: string;
  /** What is not in it and why (window older than the recorder's memory, threads without events...). */
  missing: string[];
}
