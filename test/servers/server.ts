/** Life of one real server: folder, start, wait until it answers its own protocol, stop. */
import { chownSync, closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ChildProcess } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { launch, type Place } from './launch.js';
import { freePort } from './port.js';
import { waitUntilAnswers, type ProbeKind } from './probe.js';
import { SLOW } from './slow.js';
import { serverUser } from './user.js';

/** A Workspace is one; so is any folder the server user may write to. */
export interface ServerPlace extends Place {
  directory: string;
  /** Further variables of the servers started here. */
  env?: Record<string, string>;
}

export interface Server {
  name: string;
  host: '127.0.0.1';
  port: number;
  pid: number;
  /** Its own folder, with NAME.log in it. */
  directory: string;
  /** True once it has ended, by stop() or by itself. */
  readonly exited: boolean;
  /** Resolves with how it ended. */
  ended: Promise<string>;
  stop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface ServerSpec {
  name: string;
  port: number;
  directory: string;
  command: string[];
  probe: ProbeKind;
  env?: Record<string, string>;
  /** What makes it end quickly and close its sockets; its data are thrown away. */
  stopSignal?: NodeJS.Signals;
  startTimeoutMs?: number;
}

/** On a busy machine. A server that ends by itself is noticed at once. */
const slowestStartMs = 90_000 * SLOW;

let counter = 0;

/** A folder of the server's own inside the place, owned by the user it runs as. */
export function makeServerDirectory(place: ServerPlace, name: string): string {
  const directory = join(place.directory, `${name}-${counter++}`);
  const user = serverUser();
  mkdirSync(directory);
  chownSync(directory, user.uid, user.gid);
  return directory;
}

export function choosePort(wanted: number | undefined): Promise<number> {
  return wanted === undefined ? freePort() : Promise.resolve(wanted);
}

export async function startServer(place: ServerPlace, spec: ServerSpec): Promise<Server> {
  const logFile = join(spec.directory, `${spec.name}.log`);
  const log = openSync(logFile, 'a');
  const child = launch(spec.command, {
    cgroup: place.cgroup,
    netns: place.netns,
    user: serverUser(),
    cwd: spec.directory,
    env: { HOME: spec.directory, ...place.env, ...spec.env },
    stdio: ['ignore', log, log],
    detached: true,
  });
  closeSync(log);
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(`cannot be run: ${error.message}. Is its package installed? npm run setup -- --test`));
    child.once('exit', (code, signal) => resolve(`ended with ${signal ?? code}`));
  });
  const server = serverOf(spec, child, ended);
  const cancel = new AbortController();
  try {
    await Promise.race([
      waitUntilAnswers(spec.probe, spec.port, { netns: place.netns, timeoutMs: spec.startTimeoutMs ?? slowestStartMs, signal: cancel.signal }),
      ended.then((why) => { throw new Error(why); }),
    ]);
  } catch (error) {
    const said = tail(logFile);
    await server.stop();
    throw new Error(`${spec.name} did not start on port ${spec.port}: ${(error as Error).message}\n${said}`);
  } finally {
    cancel.abort();
  }
  return server;
}

function serverOf(spec: ServerSpec, child: ChildProcess, ended: Promise<string>): Server {
  const running = () => child.pid !== undefined && child.exitCode === null && child.signalCode === null;
  const stop = async (): Promise<void> => {
    if (running()) {
      child.kill(spec.stopSignal ?? 'SIGTERM');
      const stopped = await Promise.race([ended, delay(8000, null, { ref: false })]);
      if (stopped === null) child.kill('SIGKILL');
      await ended;
    }
    await rm(spec.directory, { recursive: true, force: true, maxRetries: 5 });
  };
  return {
    name: spec.name,
    host: '127.0.0.1',
    port: spec.port,
    pid: child.pid ?? 0,
    directory: spec.directory,
    get exited() { return !running(); },
    ended,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

function tail(file: string): string {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-15).join('\n');
  } catch {
    return '';
  }
}
