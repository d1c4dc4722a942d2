/** Connections to what the shop is built on. Addresses come in as environment variables. */
import { Resolver } from 'node:dns/promises';
import { createClient } from '@redis/client';
import mysql from 'mysql2/promise';
import pg from 'pg';

export async function connectClients(env) {
  const host = '127.0.0.1';
  const postgres = new pg.Pool({ host, port: Number(env.POSTGRES_PORT), user: 'postgres', database: 'postgres', max: 12 });
  const mariadb = mysql.createPool({ host, port: Number(env.MARIADB_PORT), user: 'shop', password: 'shop', database: 'shop', connectionLimit: 6 });
  const redis = createClient({ socket: { host, port: Number(env.REDIS_PORT) } });
  // A client without a listener for errors ends the process with the first lost connection; the next command reports it.
  redis.on('error', () => {});
  postgres.on('error', () => {});
  await redis.connect();
  const dns = new Resolver({ timeout: 3000, tries: 1 });
  dns.setServers([`${host}:${env.DNS_PORT}`]);
  return { postgres, mariadb, redis, dns };
}
