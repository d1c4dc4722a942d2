/** A cause of slowness that is made on purpose, and what is true of it. */
import type { LedgerKind } from '../../src/profile/path.js';
import type { Server } from '../../test/servers/index.js';
import type { Stage } from './stage.js';

/** What the programs themselves say of a request: thread ids (`reader`, `executor`, `holder`), by name; and the client: `tookMs`. */
export type Facts = Readonly<Record<string, number>>;

export interface Truth {
  /** What most of the time went into: any of these is right. */
  kinds: readonly LedgerKind[];
  /** The sentence has all of these (regular expressions, case does not matter); `{holder}` is filled in from the facts. */
  says: readonly string[];
  /** What the traced peer mainly did meanwhile, by its own ledger. */
  inside?: readonly LedgerKind[];
  /** The same of that peer's own request: what who looks at the peer alone is told. One endpoint for all runs, so its profiles are asked for. */
  peer?: Pick<Truth, 'kinds' | 'says'> & { service: string; endpoint: string };
}

export interface Running {
  /** The server whose requests are slow. */
  front: Server;
  /** Asked for beside them, steadily; harmless. Empty: no load. */
  load: readonly string[];
  /** Not part of the slow request: dirties, drops, fills. */
  before?(): Promise<void>;
  /** One slow request. `tag` is a segment of its path and of no other's. */
  slow(tag: string): Promise<Facts>;
}

export interface Cause {
  name: string;
  /** What is slow, and why. */
  title: string;
  truth: Truth;
  start(stage: Stage): Promise<Running>;
}
