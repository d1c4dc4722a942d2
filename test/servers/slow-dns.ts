import { fileURLToPath } from 'node:url';
import { choosePort, makeServerDirectory, startServer, type Server, type ServerPlace } from './server.js';

const MAIN = fileURLToPath(new URL('./slow-dns-main.js', import.meta.url));

export interface SlowDnsOptions {
  name?: string;
  delayMs: number;
  /** Part of the names that are answered late; others are at once. Default: all. */
  onlyFor?: string;
}

/** A DNS server that answers every question with 127.0.0.1, late. */
export async function startSlowDns(place: ServerPlace, { name = 'slow-dns', delayMs, onlyFor = '' }: SlowDnsOptions): Promise<Server> {
  const port = await choosePort(undefined);
  const directory = makeServerDirectory(place, name);
  const env = { PORT: String(port), NAME: name, DELAY_MS: String(delayMs), ONLY_FOR: onlyFor };
  return startServer(place, { name, port, directory, command: [process.execPath, MAIN], probe: 'dns', env });
}
