import { join } from 'node:path';
import { choosePort, makeServerDirectory, startServer, type Server, type ServerPlace } from './server.js';

export interface DnsmasqOptions {
  port?: number;
  /** Names with an IPv4 or IPv6 address, or several separated by commas. */
  hosts?: Record<string, string>;
  /** Alias -> name; the name must be one of hosts. */
  aliases?: Record<string, string>;
  /** Names (with all below them) that go to a DNS server of the caller's own on a port of 127.0.0.1. */
  forwards?: Record<string, number>;
  /** Below these domains unknown names are NXDOMAIN; anywhere else the answer is REFUSED, nothing leaves the machine. */
  domains?: string[];
  /** Further options: `['--txt-record=about.test,hello']`. */
  settings?: string[];
}

export async function startDnsmasq(place: ServerPlace, options: DnsmasqOptions = {}): Promise<Server> {
  const port = await choosePort(options.port);
  const directory = makeServerDirectory(place, 'dnsmasq');
  const entries = (table: Record<string, string | number> | undefined) => Object.entries(table ?? {});
  const command = ['dnsmasq', '--keep-in-foreground', '--conf-file=/dev/null', '--no-resolv', '--no-hosts', '--bind-interfaces', '--listen-address=127.0.0.1',
    `--port=${port}`, '--user=', '--group=', `--pid-file=${join(directory, 'dnsmasq.pid')}`, `--log-facility=${join(directory, 'queries.log')}`,
    '--cache-size=0', '--local-ttl=1',
    ...(options.domains ?? ['test']).map((domain) => `--local=/${domain}/`),
    ...entries(options.hosts).map(([name, addresses]) => `--host-record=${name},${addresses}`),
    ...entries(options.aliases).map(([alias, name]) => `--cname=${alias},${name}`),
    ...entries(options.forwards).map(([name, upstream]) => `--server=/${name}/127.0.0.1#${upstream}`),
    ...(options.settings ?? [])];
  return startServer(place, { name: 'dnsmasq', port, directory, command, probe: 'dns' });
}
