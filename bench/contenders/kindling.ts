import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../../test/servers/port.js';
import type { AgentHealth } from '../../src/server/api.js';
import type { Arena } from '../arena.js';
import type { Contender, Watch } from './contender.js';
import { WatchingProcess } from './process.js';

const startTimeoutMs = 60_000;
/** Losses are reported once a second: what the end of the load lost must be among them. */
const healthPeriodMs = 1_200;
const cli = 'dist/src/cli/main.js';

export interface AgentSettings {
  store: 'chdb' | 'off';
  /** Of the store, for who wants to look into it afterwards. */
  directory?: string;
  /** Single requests kept a second. */
  keep?: 'all' | number;
  hooks?: 'auto' | 'socket' | 'syscall';
  /** With the flight recorder. */
  profile?: boolean;
}

export interface AgentWatch extends Watch {
  url: string;
  health(): Promise<AgentHealth>;
}

export const kindling: Contender = {
  name: 'kindling',
  title: 'Kindling, with store and default budget',
  start: (arena) => startAgent(arena, { store: 'chdb' }),
};

/** The agent watches the servers' cgroup from outside of it, and of the namespace. */
export async function startAgent(arena: Arena, settings: AgentSettings): Promise<AgentWatch> {
  const url = `http://127.0.0.1:${await freePort()}`;
  const agent = new WatchingProcess([cli, 'agent', ...agentArguments(arena, settings, url)], {
    cgroup: arena.watchers,
    env: { KINDLING_REQUIRE_SCOPE: '1', HOME: process.env.HOME ?? '/root' },
  });
  const health = async () => await (await fetch(`${url}/api/agent`)).json() as AgentHealth;
  await agent.waitUntil(() => health().then((answer) => answer.hooks.some((hook) => hook.state === 'attached'), () => false), startTimeoutMs);
  return {
    url,
    health,
    get pids() { return arena.watchers.pids(); },
    async stop() {
      await delay(healthPeriodMs);
      const { losses, store } = await health();
      await agent.stop('SIGTERM');
      const lost = losses.filter((loss) => loss.count > 0).map((loss) => `${loss.count} ${loss.reason}`);
      if (store !== null && store.droppedBatches > 0) lost.push(`${store.droppedBatches} batches of rows: ${store.message}`);
      return lost.join(', ');
    },
  };
}

function agentArguments(arena: Arena, settings: AgentSettings, url: string): string[] {
  const values: Record<string, string> = {
    '--cgroup': arena.servers.path,
    '--listen': url.slice('http://'.length),
    '--store': settings.store,
    '--hooks': settings.hooks ?? 'auto',
  };
  if (settings.store === 'chdb') values['--store-directory'] = settings.directory ?? arena.makeFolder('store');
  if (settings.keep !== undefined) values['--keep'] = String(settings.keep);
  return [...Object.entries(values).flat(), ...(settings.profile === true ? ['--profile'] : [])];
}
