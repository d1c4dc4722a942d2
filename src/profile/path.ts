/** What the request's time went into: the critical path and its sums. Part of a profile. */
import type { CallRef } from './profile.js';

export type LedgerKind =
  | 'cpu'            // on a CPU
  | 'run_queue'      // ready, others had the CPU
  | 'throttled'      // ready, held back by the cgroup's CPU limit
  | 'lock'           // held by another thread
  | 'pool'           // waiting for a thread of the process's own pool that is busy with other work
  | 'peer'           // another service
  | 'wire'           // connect, packets sent again: the network itself
  | 'file'           // file and disk
  | 'fault'          // memory
  | 'gc'             // stopped by the runtime's garbage collector
  | 'sleep'
  | 'unread'         // lay in the socket before the application read it
  | 'other_request'  // its thread worked for another request
  | 'idle'
  | 'other'
  | 'unexplained';

/** A piece of the critical path; the pieces cover the request from start to end without holes. */
export interface PathSegment {
  startNs: number;
  endNs: number;
  kind: LedgerKind;
  /** The thread that explains it. */
  tid: number;
  /** Of `unexplained`: why, where that is known. */
  object: string;
  /** The call to another service that it waited for, when it is known. */
  call: CallRef | null;
  /** Who held the lock; `likely`: concluded from who was busy, nobody was seen to give it back. */
  holder?: { pid: number; tid: number; likely?: true };
  /** What the peer's own threads did in this time, where that server is traced: covers the part it worked, in order. */
  inside?: PathSegment[];
}

export interface LedgerEntry {
  kind: LedgerKind;
  object: string;
  ns: number;
  /** 0..1 of the request's duration. */
  share: number;
  /** Of a peer that is traced: what it spent this time on, largest first. */
  inside?: LedgerEntry[];
}
