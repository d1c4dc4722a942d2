import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { choosePort, makeServerDirectory, startServer, type Server, type ServerPlace } from './server.js';

export interface NginxOptions {
  port?: number;
  workers?: number;
  /** Files to serve, by path below the root; default: `/` and `/big` (1 MiB, sent with sendfile). */
  files?: Record<string, string | Buffer>;
  /** Directives inside `server { }`; default: the files, `/hello` from memory, 404 for the rest. */
  serverBlock?: string;
  /** Directives inside `http { }`, such as an upstream. */
  httpBlock?: string;
}

const defaultFiles = { 'index.html': '<!doctype html><title>ready</title><p>ready\n', big: Buffer.alloc(1 << 20, 'x') };
const defaultServerBlock = 'location = /hello { return 200 "hello\\n"; }';

export async function startNginx(place: ServerPlace, options: NginxOptions = {}): Promise<Server> {
  const port = await choosePort(options.port);
  const directory = makeServerDirectory(place, 'nginx');
  mkdirSync(join(directory, 'www'));
  for (const [path, content] of Object.entries(options.files ?? defaultFiles)) writeFileSync(join(directory, 'www', path), content);
  const configFile = join(directory, 'nginx.conf');
  writeFileSync(configFile, configuration(directory, port, options));
  return startServer(place, {
    name: 'nginx',
    port,
    directory,
    command: ['nginx', '-e', join(directory, 'error.log'), '-p', directory, '-c', configFile],
    probe: 'http',
  });
}

function configuration(directory: string, port: number, options: NginxOptions): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `  ${name}_temp_path ${directory}/${name};`).join('\n');
  return `daemon off;
worker_processes ${options.workers ?? 1};
pid ${directory}/nginx.pid;
error_log ${directory}/error.log warn;
worker_rlimit_nofile 4096;
events { worker_connections 2048; }
http {
${temporary}
  types { text/html html; application/json json; }
  default_type text/plain;
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 1000000000;
${options.httpBlock ?? ''}
  server {
    listen 127.0.0.1:${port};
    root ${directory}/www;
${options.serverBlock ?? defaultServerBlock}
  }
}
`;
}
