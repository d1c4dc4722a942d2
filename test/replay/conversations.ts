/** One short conversation with each real server, held by its own client. */
import { fileURLToPath } from 'node:url';
import {
  curl, dig, mariadbCli, psql, redisBenchmark, redisCli, startDnsmasq, startMariadb, startNginx, startPostgres, startRedis, type Cgroup, type ServerPlace,
} from '../servers/index.js';

/** In the sources, not in dist/. */
export const FOLDER = fileURLToPath(new URL('../../../test/replay/', import.meta.url));

interface Conversation {
  name: string;
  /** Starts the server; what it returns holds the conversation, in the cgroup. */
  start(place: ServerPlace): Promise<(cgroup: Cgroup) => Promise<unknown>>;
}

export const CONVERSATIONS: readonly Conversation[] = [
  {
    name: 'http',
    start: async (place) => {
      const { port } = await startNginx(place);
      const base = `http://127.0.0.1:${port}`;
      // curl keeps the connection for all URLs of one call.
      return async (cgroup) => {
        await curl([`${base}/hello?name=replay`, `${base}/missing`, `${base}/hello`], { cgroup });
        await curl(['-I', '-H', 'Authorization: Basic cmVwbGF5OnNlY3JldA==', `${base}/hello`], { cgroup });
      };
    },
  },
  {
    name: 'redis',
    start: async (place) => {
      const { port } = await startRedis(place);
      return async (cgroup) => {
        await redisCli(port, ['SET', 'greeting', 'hello'], { cgroup });
        await redisCli(port, ['INCR', 'greeting'], { cgroup }).catch(() => undefined);
        await redisCli(port, ['HGETALL', 'nothing'], { cgroup });
        await redisBenchmark({ port, requests: 32, pipeline: 8, cgroup });
      };
    },
  },
  {
    name: 'postgres',
    start: async (place) => {
      const { port } = await startPostgres(place);
      return async (cgroup) => {
        await psql(port, 'select generate_series(1, 3)', { cgroup });
        await psql(port, 'select * from missing', { cgroup }).catch(() => undefined);
      };
    },
  },
  {
    name: 'mysql',
    start: async (place) => {
      const { port } = await startMariadb(place);
      return async (cgroup) => {
        await mariadbCli(port, 'select 6 * 7; select version()', { cgroup });
        await mariadbCli(port, 'select * from missing.missing', { cgroup }).catch(() => undefined);
      };
    },
  },
  {
    name: 'dns',
    start: async (place) => {
      const { port } = await startDnsmasq(place, { hosts: { 'web.test': '10.0.0.7' }, aliases: { 'www.test': 'web.test' } });
      return async (cgroup) => {
        for (const name of ['web.test', 'www.test', 'gone.test']) await dig(port, [name, 'A'], { cgroup });
        await dig(port, ['+tcp', 'web.test', 'AAAA'], { cgroup });
      };
    },
  },
];
