/** Starts the shop: nginx in front of a Node service on Redis, PostgreSQL, MariaDB and a DNS server, all in one place. */
import { join } from 'node:path';
import {
  freePort, startDnsmasq, startMariadb, startNginx, startNodeService, startPostgres, startRedis, startSlowDns, type Server, type ServerPlace,
} from '../test/servers/index.js';
import { demoSource } from './paths.js';
import { seed } from './seed.js';

export interface Shop {
  url: string;
  /** In the order in which to stop them. */
  servers: Server[];
}

/** Below the 250 ms after which c-ares, Node's resolver, would ask again. */
const SLOW_DNS_MS = 220;

const carriers = { 'de.carrier.test': '127.0.1.1', 'fr.carrier.test': '127.0.1.2', 'nl.carrier.test': '127.0.1.3', 'at.carrier.test': '127.0.1.4' };

export async function startShop(place: ServerPlace, progress: (text: string) => void): Promise<Shop> {
  progress('starting Redis, PostgreSQL, MariaDB and dnsmasq');
  const slowDns = await startSlowDns(place, { delayMs: SLOW_DNS_MS });
  const [redis, postgres, mariadb, dns] = await Promise.all([
    startRedis(place),
    startPostgres(place),
    startMariadb(place),
    startDnsmasq(place, { domains: ['carrier.test'], hosts: carriers, forwards: { 'slow.carrier.test': slowDns.port } }),
  ]);
  progress('filling the databases');
  await seed({ postgres: postgres.port, mariadb: mariadb.port, redis: redis.port });
  progress('starting the Node service and nginx');
  const service = await startNodeService(place, {
    name: 'shop',
    script: join(demoSource, 'shop', 'main.js'),
    env: { REDIS_PORT: String(redis.port), POSTGRES_PORT: String(postgres.port), MARIADB_PORT: String(mariadb.port), DNS_PORT: String(dns.port) },
  });
  const nginx = await startNginx(place, await frontConfiguration(service.port));
  return { url: `http://127.0.0.1:${nginx.port}`, servers: [nginx, service, redis, postgres, mariadb, dns, slowDns] };
}

async function frontConfiguration(servicePort: number) {
  // Nobody listens there: the recommendations service is down.
  const deadPort = await freePort();
  return {
    files: { 'shop.css': 'body { font: 16px sans-serif }\n'.repeat(200) },
    httpBlock: `  upstream shop { server 127.0.0.1:${servicePort} max_fails=0; keepalive 16; }`,
    serverBlock: `    proxy_http_version 1.1;
    proxy_set_header Connection "";
    proxy_set_header Host $host;
    proxy_next_upstream off;
    location = /healthz { return 200; }
    location /static/ { alias ./www/; }
    location = /recommendations { proxy_pass http://127.0.0.1:${deadPort}; }
    location / { proxy_pass http://shop; }`,
  };
}
