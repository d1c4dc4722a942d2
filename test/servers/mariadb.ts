import { join } from 'node:path';
import { run } from './run.js';
import { choosePort, makeServerDirectory, startServer, type Server, type ServerPlace } from './server.js';
import { serverUser } from './user.js';

export interface MariadbOptions {
  port?: number;
  /** Further options: `['--max-connections=500']`. */
  settings?: string[];
}

/** User root without password; no database but `mysql`. */
export interface MariadbServer extends Server { socketPath: string }

/** Throw-away data: nothing is flushed to disk. */
const fastSettings = ['--innodb-flush-log-at-trx-commit=0', '--innodb-flush-method=nosync', '--innodb-buffer-pool-size=64M', '--innodb-log-file-size=16M',
  '--innodb-fast-shutdown=2', '--skip-log-bin', '--performance-schema=off', '--skip-name-resolve'];

export async function startMariadb(place: ServerPlace, options: MariadbOptions = {}): Promise<MariadbServer> {
  const port = await choosePort(options.port);
  const directory = makeServerDirectory(place, 'mariadb');
  const data = join(directory, 'data');
  const socketPath = join(directory, 'mariadb.sock');
  await run(['mariadb-install-db', '--no-defaults', `--datadir=${data}`, '--auth-root-authentication-method=normal', '--skip-test-db', '--skip-name-resolve',
    '--innodb-flush-method=nosync', '--innodb-log-file-size=16M'], { user: serverUser(), cwd: directory, cgroup: place.cgroup, env: { TMPDIR: directory } });
  const command = ['mariadbd', '--no-defaults', `--datadir=${data}`, `--tmpdir=${directory}`, `--socket=${socketPath}`, `--pid-file=${join(directory, 'mariadb.pid')}`,
    `--port=${port}`, '--bind-address=127.0.0.1', ...fastSettings, ...(options.settings ?? [])];
  const server = await startServer(place, { name: 'mariadb', port, directory, command, probe: 'mysql' });
  return Object.defineProperties(server, { socketPath: { value: socketPath, enumerable: true } }) as MariadbServer;
}
