/** Where one cause is played: a workspace with a cgroup that is traced and one that is not, the client, and the agent. */
import { setTimeout as delay } from 'node:timers/promises';
import type { ProfileSummary, ProfilingChange } from '../../src/server/api.js';
import type { Profile } from '../../src/profile/profile.js';
import { Agent, MAIN } from '../../test/e2e/kindling.js';
import { launch, NetworkNamespace, startServer, Workspace, type Cgroup, type Server, type ServerPlace } from '../../test/servers/index.js';
import { commandLine } from '../../test/servers/launch.js';
import { choosePort, makeServerDirectory } from '../../test/servers/server.js';
import { Client } from './client.js';
import { FirstInLine } from './limits.js';
import type { Programs } from './programs.js';

interface ServeOptions { env?: Record<string, string>; preferred?: boolean }

/** Below any of the delays that are made, above what a busy machine makes of a harmless request. */
const SLOW = '150ms';
const PROFILE_TIMEOUT_MS = 20_000;

export class Stage {
  readonly client: Client;
  /** Not traced: client, neighbours, agent. */
  readonly outside: Cgroup;
  readonly traced: Cgroup;
  private readonly cleanups: Array<() => Promise<void> | void> = [];

  private constructor(readonly programs: Programs, private readonly workspace: Workspace, readonly network: NetworkNamespace, private readonly first: FirstInLine) {
    this.traced = workspace.cgroup.child('traced');
    this.outside = workspace.cgroup.child('outside');
    this.client = new Client({ cgroup: this.outside, netns: network.name });
    this.prefer(this.client);
  }

  static async create(programs: Programs): Promise<Stage> {
    const network = await NetworkNamespace.create('causes');
    const first = await FirstInLine.create();
    try {
      return new Stage(programs, await Workspace.create('causes'), network, first);
    } catch (error) {
      await network.remove();
      await first.remove();
      throw error;
    }
  }

  get place(): ServerPlace {
    return { cgroup: this.traced, netns: this.network.name, directory: this.workspace.directory };
  }

  /** Undone when the stage is taken down, last first. */
  onEnd(cleanup: () => Promise<void> | void): void {
    this.cleanups.push(cleanup);
  }

  /** A program that listens on the port that its command or its $PORT says. */
  async serve(name: string, command: (port: number) => string[], { env = {}, preferred = true }: ServeOptions = {}): Promise<Server> {
    const port = await choosePort(undefined);
    const directory = makeServerDirectory(this.place, name);
    const server = await startServer(this.place, { name, port, directory, command: command(port), probe: 'http', env: { PORT: String(port), NAME: name, ...env } });
    if (preferred) this.prefer(server);
    return server;
  }

  /** What else runs on the machine shall not slow it down. */
  prefer({ pid }: { pid: number }): void {
    this.first.add(pid);
  }

  /** The native server under a name of its own; `pool` threads, or one for each connection. `before`: what starts it. */
  serveNative(name: string, { pool = 0, before = [], preferred }: { pool?: number; before?: readonly string[]; preferred?: boolean } = {}): Promise<Server> {
    return this.serve(name, (port) => [...before, this.programs.native(name), String(port), String(pool)], { preferred });
  }

  async serveNode(name: string, env: Record<string, string> = {}, options: readonly string[] = []): Promise<Server> {
    const server = await this.serve(name, () => [process.execPath, ...options, this.programs.script('service')], { env });
    await this.client.get(server.port, '/calibrate/now');
    return server;
  }

  async serveJava(options: readonly string[]): Promise<Server> {
    const classes = await this.programs.java();
    return this.serve('java', (port) => ['java', '-XX:TieredStopAtLevel=1', '-Xshare:auto', ...options, '-cp', classes, 'Service', String(port)]);
  }

  /** A program that is not traced and wants a CPU, until it is stopped. */
  neighbour(name: string, before: readonly string[], threads: number): { pid: number; stop(): Promise<void> } {
    const child = launch([...before, this.programs.busy(name), String(threads)], { cgroup: this.outside, detached: true, stdio: 'ignore' });
    const ended = new Promise<void>((resolve) => { child.once('close', () => resolve()); });
    this.prefer({ pid: child.pid! });
    return { pid: child.pid!, stop: async () => { child.kill('SIGKILL'); await ended; } };
  }

  async watch(): Promise<Watch> {
    const agent = await Agent.start(['--cgroup', this.traced.path, '--store', 'off', '--profile', '--slow', `http=${SLOW}`, '--log-level', 'warn'], {
      command: this.first.command(commandLine([process.execPath, MAIN], { cgroup: this.outside })),
    });
    this.onEnd(() => agent[Symbol.asyncDispose]());
    return new Watch(agent);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const cleanup of this.cleanups.reverse()) await cleanup();
    await this.workspace.close();
    await this.network.remove();
    await this.first.remove();
  }
}

/** The agent that traces the stage. */
export class Watch {
  constructor(private readonly agent: Agent) {}

  /** The end of what it has logged. */
  get said(): string {
    return this.agent.process.stderr.trim().slice(-1_000);
  }

  /** The profile of the process's request with this in its path; null when there is none in time. */
  profile(pid: number, tag: string): Promise<Profile | null> {
    return this.whole(() => this.find(pid, tag));
  }

  /** The profile of the request with that id; null when there is none in time. */
  profileOf(id: string): Promise<Profile | null> {
    return this.whole(() => this.agent.get<Profile>(`/api/requests/${id}/profile`));
  }

  /** The next requests like this have a profile, however many there were before. */
  async ask({ service, endpoint }: { service: string; endpoint: string }): Promise<void> {
    const change: ProfilingChange = { ask: { service, endpoint, count: 10 } };
    const headers = { 'content-type': 'application/json', 'x-kindling': '1' };
    const response = await fetch(new URL('/api/profiling', this.agent.url), { method: 'POST', headers, body: JSON.stringify(change) });
    if (!response.ok) throw new Error(`asking for profiles of ${endpoint}: ${response.status} ${await response.text()}`);
  }

  /** Asks until the profile has all its names. */
  private async whole(find: () => Promise<Profile | null>): Promise<Profile | null> {
    let profile: Profile | null = null;
    for (const end = Date.now() + PROFILE_TIMEOUT_MS; Date.now() < end; await delay(200)) {
      if (!this.agent.process.running) throw new Error(`the agent has ended (${this.agent.process.child.signalCode ?? this.agent.process.child.exitCode}):\n${this.agent.process.stderr.slice(-2000)}`);
      profile = await find().catch(() => null) ?? profile;
      if (profile !== null && !profile.stacks.pending) break;
    }
    return profile;
  }

  private async find(pid: number, tag: string): Promise<Profile | null> {
    const list = await this.agent.get<ProfileSummary[]>('/api/profiles?limit=1000');
    for (const { id, endpoint } of list) {
      if (!endpoint.split(/[/?]/).includes(tag)) continue;
      const profile = await this.agent.get<Profile>(`/api/requests/${id}/profile`);
      if (profile.pid === pid) return profile;
    }
    return null;
  }
}
