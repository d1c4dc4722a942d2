/** A real server with a real client that loads it. */
import type { Arena } from '../arena.js';
import type { WorkloadName } from '../options.js';
import type { Server } from '../../test/servers/server.js';

export interface ClientResult {
  /** Answered, by the client's own count. */
  requests: number;
  failed: number;
  seconds: number;
  /** NaN where the client does not tell. */
  p99Ms: number;
}

export interface Workload {
  name: WorkloadName;
  /** Server and client with their settings, for the report. */
  title: string;
  /** Which of the stored requests the client counts: those it makes to connect and to look around are not among them. */
  counted: string;
  start(arena: Arena): Promise<Server>;
  /** As fast as it goes, for about this long. */
  runFlatOut(arena: Arena, server: Server, seconds: number): Promise<ClientResult>;
  /** A known number of requests, all of them answered. */
  runExactly(arena: Arena, server: Server, requests: number): Promise<ClientResult>;
  /** The load at which nothing may be missing; the result counts every request sent. */
  runCounted(arena: Arena, server: Server, seconds: number): Promise<ClientResult>;
  countedTitle: string;
  /** A load that leaves the CPUs some air: at a fixed rate where the client can, else with few connections. */
  runSteadily(arena: Arena, server: Server, seconds: number): Promise<ClientResult>;
  steadyTitle: string;
}

/** The number after a client's label; the client's output belongs into the message when it is not there. */
export function readNumber(text: string, pattern: RegExp): number {
  const match = pattern.exec(text);
  if (match === null) throw new Error(`the client's output has no ${pattern}:\n${text.slice(-2000)}`);
  return Number(match[1]);
}
