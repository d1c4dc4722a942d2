import { choosePort, makeServerDirectory, startServer, type Server, type ServerPlace } from './server.js';

export interface NodeServiceOptions {
  /** Absolute path of a script that listens on 127.0.0.1:$PORT and answers HTTP. */
  script: string;
  name?: string;
  port?: number;
  env?: Record<string, string>;
  nodeArgs?: string[];
}

export async function startNodeService(place: ServerPlace, options: NodeServiceOptions): Promise<Server> {
  const port = await choosePort(options.port);
  const name = options.name ?? 'node';
  const directory = makeServerDirectory(place, name);
  return startServer(place, {
    name,
    port,
    directory,
    command: [process.execPath, ...(options.nodeArgs ?? []), options.script],
    env: { PORT: String(port), ...options.env },
    probe: 'http',
  });
}
