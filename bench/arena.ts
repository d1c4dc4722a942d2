/** Where everything runs: a network namespace of its own, and one cgroup each for servers, clients and what watches them. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Cgroup } from '../test/servers/cgroup.js';
import { NetworkNamespace } from '../test/servers/netns.js';
import type { Place } from '../test/servers/launch.js';
import type { ServerPlace } from '../test/servers/server.js';
import { Workspace } from '../test/servers/workspace.js';

export class Arena {
  private folders = 0;
  readonly servers: Cgroup;
  readonly clients: Cgroup;
  /** The contender's processes, and nothing else: its CPU time is this group's. */
  readonly watchers: Cgroup;

  private constructor(private readonly workspace: Workspace, private readonly network: NetworkNamespace) {
    this.servers = workspace.cgroup.child('servers');
    this.clients = workspace.cgroup.child('clients');
    this.watchers = workspace.cgroup.child('watchers');
  }

  static async create(): Promise<Arena> {
    const network = await NetworkNamespace.create('bench');
    try {
      return new Arena(await Workspace.create('bench'), network);
    } catch (error) {
      await network.remove();
      throw error;
    }
  }

  get directory(): string {
    return this.workspace.directory;
  }

  get netns(): string {
    return this.network.name;
  }

  get serverPlace(): ServerPlace {
    return { cgroup: this.servers, netns: this.netns, directory: this.directory };
  }

  get clientPlace(): Place {
    return { cgroup: this.clients, netns: this.netns };
  }

  /** A folder for a contender's files, removed with the arena. */
  makeFolder(name: string): string {
    const path = join(this.directory, `${name}-${this.folders++}`);
    mkdirSync(path);
    return path;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.workspace.close();
    await this.network.remove();
  }
}
