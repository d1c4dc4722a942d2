/** What watches a server while it is loaded; `bare` watches nothing. */
import type { Arena } from '../arena.js';
import type { ContenderName } from '../options.js';
import type { Server } from '../../test/servers/server.js';

export interface Watch {
  /** Main processes, whose CPU time beyond the cgroup's (BPF programs) is asked for. */
  pids: number[];
  /** What it says it lost, after it has stopped; '' when nothing. */
  stop(): Promise<string>;
}

export interface Contender {
  name: ContenderName;
  title: string;
  /** Resolves when it watches. */
  start(arena: Arena, server: Server): Promise<Watch>;
}
