import { join } from 'node:path';
import { choosePort, makeServerDirectory, startServer, type Server, type ServerPlace } from './server.js';

export interface RedisOptions {
  port?: number;
  /** Further settings, as on redis-server's command line: `['--maxmemory', '64mb']`. */
  settings?: string[];
}

export interface RedisServer extends Server { socketPath: string }

export async function startRedis(place: ServerPlace, options: RedisOptions = {}): Promise<RedisServer> {
  const port = await choosePort(options.port);
  const directory = makeServerDirectory(place, 'redis');
  const socketPath = join(directory, 'redis.sock');
  const command = ['redis-server', '--port', String(port), '--bind', '127.0.0.1', '--unixsocket', socketPath, '--unixsocketperm', '777',
    '--dir', directory, '--save', '', '--appendonly', 'no', '--enable-debug-command', 'yes', ...(options.settings ?? [])];
  const server = await startServer(place, { name: 'redis', port, directory, command, probe: 'redis' });
  return Object.defineProperties(server, { socketPath: { value: socketPath, enumerable: true } }) as RedisServer;
}
