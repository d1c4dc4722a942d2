import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './run.js';
import { choosePort, makeServerDirectory, startServer, type Server, type ServerPlace } from './server.js';
import { serverUser } from './user.js';

export interface PostgresOptions {
  port?: number;
  maxConnections?: number;
  /** Further settings: `['log_statement=all']`. */
  settings?: string[];
}

/** User and database `postgres`, no password. The socket lies in `socketDirectory`. */
export interface PostgresServer extends Server { socketDirectory: string }

/** Throw-away data: nothing is flushed to disk. */
const fastSettings = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'shared_buffers=64MB', 'autovacuum=off', 'max_wal_size=2GB'];

export async function startPostgres(place: ServerPlace, options: PostgresOptions = {}): Promise<PostgresServer> {
  const port = await choosePort(options.port);
  const directory = makeServerDirectory(place, 'postgres');
  const data = join(directory, 'data');
  await run([postgresProgram('initdb'), '-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync', '--no-instructions'],
    { user: serverUser(), cwd: directory, cgroup: place.cgroup });
  const settings = [...fastSettings, `max_connections=${options.maxConnections ?? 64}`, 'listen_addresses=127.0.0.1',
    `unix_socket_directories=${directory}`, ...(options.settings ?? [])];
  const command = [postgresProgram('postgres'), '-D', data, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])];
  const server = await startServer(place, { name: 'postgres', port, directory, command, probe: 'postgres', stopSignal: 'SIGINT' });
  return Object.defineProperties(server, { socketDirectory: { value: directory, enumerable: true } }) as PostgresServer;
}

/** Debian keeps PostgreSQL's own programs out of PATH. */
export function postgresProgram(name: string): string {
  const path = `/usr/lib/postgresql/15/bin/${name}`;
  if (!existsSync(path)) throw new Error(`${path} is missing. Install PostgreSQL 15: npm run setup -- --test`);
  return path;
}
