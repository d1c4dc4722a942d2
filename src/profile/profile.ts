/** A trace profile: what every thread of a process did around one request. The type of API, page and files. */
import type { LedgerEntry, PathSegment } from './path.js';
import type { Stacks } from './stacks.js';

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
  /** The object: lock address, `127.0.0.1:5432`, file path; of run_queue who ran instead. '' when unknown. */
  object: string;
  /** Who ended the wait; null when nobody we know (interrupt, timer). */
  wokenBy: ThreadRef | null;
  /** Index into `stacks.stacks`: where it was blocked. Only of blocks long enough for one to be taken. */
  stack?: number;
  /** What the blocked call returned: bytes read or written, or a negative errno; only where it was seen. */
  result?: number;
}

/** Which thread started another one, or forked its process, and when. */
export interface ThreadStart { pid: number; tid: number; ns: number }

export interface ThreadTimeline extends ThreadRef {
  /** Executed the request: read it or wrote its response. */
  executed: boolean;
  /** Has a part in the critical path. */
  onPath: boolean;
  /** Only of threads that were started within the window; their first slice begins then, if all of it is recorded. */
  startedBy?: ThreadStart;
  slices: Slice[];
}

/** A request that the process made to others meanwhile, as stored. */
export interface CallRef {
  id: string;
  service: string;
  protocol: string;
  endpoint: string;
  startNs: number;
  endNs: number;
  tid: number;
  /** The server's address. */
  peer?: string;
  /** The same exchange as its server saw it, where that is traced too: its request id, threads, and times in this profile's clock. */
  server?: { id: string; pid: number; requestTid: number; responseTid: number; startNs: number; endNs: number };
  /** Time of the connect that belongs to it; null or absent: the connection was there. */
  connectNs?: number | null;
  /** Of its connection: smoothed round-trip time, and segments sent again during the call, and when the last of them were. */
  rttNs?: number | null;
  retransmits?: number;
  retransmittedNs?: number[];
  /** The client's address: with `peer` it tells the connection. */
  client?: string;
  /** The thread that read the answer, or wrote the response. */
  responseTid?: number;
  /** Of a server's request: when the application read it, where it lay in the socket before. */
  readNs?: number;
  /** When the request was all sent, and when the first byte of its answer came; absent: not seen. */
  sentNs?: number;
  firstByteNs?: number;
  /** `none` is left out. */
  error?: string;
}

/** What a traced process was asked, and what it asked others, around the request. Oldest first. */
export interface ProcessWork {
  pid: number;
  /** Of the program. */
  name: string;
  service: string;
  /** Client requests, and requests it served; of the request's own process without the request itself. */
  calls: CallRef[];
  requests: CallRef[];
}

/** A line (or a piece of one) that a thread wrote to a log file or to its standard output or error. Redacted. */
export interface LogLine {
  ns: number;
  pid: number;
  tid: number;
  /** `stdout`, `stderr`, or the file's path. */
  target: string;
  text: string;
  /** More was written than was kept. */
  cut: boolean;
}

/** A call that blocked for long enough to be noted: what, on what, how much, how long. */
export interface Operation {
  startNs: number;
  endNs: number;
  pid: number;
  tid: number;
  kind: 'file' | 'network';
  syscall: string;
  /** Path, or the other end's address. */
  object: string;
  /** Bytes, or a negative errno; null when not seen. */
  result: number | null;
}

export type MomentKind = 'read' | 'first_byte' | 'retransmit' | 'throttled' | 'gc' | 'exec' | 'thread_started' | 'thread_ended';

/** Something that happened at a point of time, for the axis. */
export interface Moment { ns: number; kind: MomentKind; pid: number; tid: number; text: string }

/** What the request's process and its cgroup went through meanwhile, by the kernel's own accounts. Null where there is none. */
export interface Pressure {
  /** Times the cgroup was held back by its CPU limit, and for how long. */
  throttled: number | null;
  throttledNs: number | null;
  majorFaults: number | null;
  /** Times it was at its memory limit, and the limit; absent in older profiles. */
  memoryLimited?: number | null;
  memoryLimitBytes?: number | null;
}

/** What is usual for the endpoint, from its requests before this one. */
export interface Usual {
  durationNs: number;
  /** Requests it is the median of. */
  count: number;
  /** A profiled normal request to compare with; '' when there is none yet. */
  requestId: string;
  ledger: LedgerEntry[];
}

export type TriggerReason = 'slow' | 'slower_than_usual' | 'failed' | 'sampled' | 'asked';

/** A link below the verdict. */
export interface LookAt { label: string; requestId?: string; tid?: number; ns?: number }

/** The verdict's case and object, for programs. `name` is a key of VERDICT_TEXTS. */
export interface Cause {
  name: string;
  kind: string;
  object: string;
  share: number;
  /** Of time at another service that is traced: its own cause. */
  inside?: Cause;
}

/** Where the request was read and answered. `server`: the process was asked; `client`: it asked (programs that serve nobody). */
export interface RequestEnds extends CallRef { role: 'server' | 'client' }

export interface Profile {
  requestId: string;
  service: string;
  endpoint: string;
  operation: string;
  protocol: string;
  status: string;
  error: string;
  pid: number;
  reason: TriggerReason;
  /** Unix ns of time 0 of this profile, as a decimal string. */
  start: string;
  /** The window, ns since start; the request lies within it. */
  windowNs: number;
  requestStartNs: number;
  requestEndNs: number;
  /** When the application read the request; later than its arrival (`requestStartNs`) when it lay in the socket. */
  requestReadNs: number;
  /** What threads did before this time is only known in part; absent: all of it is known. */
  recordedFromNs?: number;
  /** Of the request's process, of processes that it forked meanwhile, and of traced servers that worked for it meanwhile (another `pid`). */
  threads: ThreadTimeline[];
  /** CPU samples, and the stacks and frames that slices and samples refer to. */
  stacks: Stacks;
  logs: LogLine[];
  operations: Operation[];
  moments: Moment[];
  /** Calls to others that overlap with the request, oldest first. */
  calls: CallRef[];
  /** The request as one end of its connection: threads, stages, network. */
  request?: RequestEnds;
  /** Of the request's process (first), of traced servers that worked for it, and of processes that these waited for. */
  processes?: ProcessWork[];
  path: PathSegment[];
  /** Largest first; sums to the request's duration. */
  ledger: LedgerEntry[];
  /** One or two sentences. */
  verdict: string;
  cause: Cause;
  lookAt: LookAt[];
  usual: Usual | null;
  pressure: Pressure;
  /** What is not in it and why (window older than the recorder's memory, threads without events...). */
  missing: string[];
}

export type { LedgerEntry, LedgerKind, PathSegment } from './path.js';
export type { Frame, FrameKind, Sample, Stack, Stacks } from './stacks.js';
