import { readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { postgresProgram, startPostgres } from '../../test/servers/postgres.js';
import { run } from '../../test/servers/run.js';
import { quantile } from '../statistics.js';
import type { Arena } from '../arena.js';
import { readNumber, type ClientResult, type Workload } from './workload.js';

const port = 5480;
const connection = ['-h', '127.0.0.1', '-p', String(port), '-U', 'postgres', 'postgres'];
const clients = 8;
const steadyRate = 4000;

export const postgres: Workload = {
  name: 'postgres',
  title: `PostgreSQL 15, pgbench -S -M prepared -c ${clients}`,
  counted: "protocol = 'postgres' AND operation = 'select' AND endpoint LIKE '%pgbench_accounts%'",
  steadyTitle: `pgbench -S -M prepared -c ${clients} at ${steadyRate} transactions/s`,

  async start(arena) {
    const server = await startPostgres(arena.serverPlace, { port });
    await run([postgresProgram('pgbench'), '-i', '-q', '-s', '1', ...connection], { ...arena.clientPlace, timeoutMs: 60_000 });
    return server;
  },

  runFlatOut: (arena, _server, seconds) => pgbench(arena, ['-T', String(seconds)]),
  runExactly: (arena, _server, requests) => pgbench(arena, ['-t', String(Math.ceil(requests / clients))]),
  countedTitle: `pgbench -S -M prepared -c ${clients}, flat out`,
  runCounted: (arena, _server, seconds) => pgbench(arena, ['-T', String(seconds)]),
  runSteadily: (arena, _server, seconds) => pgbench(arena, ['-T', String(seconds), '-R', String(steadyRate)]),
};

async function pgbench(arena: Arena, options: string[]): Promise<ClientResult> {
  const folder = arena.makeFolder('pgbench');
  const command = [postgresProgram('pgbench'), '-S', '-M', 'prepared', '-n', '-c', String(clients), '-l', `--log-prefix=${join(folder, 'log')}`, ...options, ...connection];
  const { stdout } = await run(command, { ...arena.clientPlace, timeoutMs: 300_000 });
  const requests = readNumber(stdout, /number of transactions actually processed: (\d+)/);
  const result = {
    requests,
    failed: readNumber(stdout, /number of failed transactions: (\d+)/),
    seconds: requests / readNumber(stdout, /tps = ([\d.]+)/),
    p99Ms: quantile(readLatenciesMs(folder), 0.99),
  };
  rmSync(folder, { recursive: true });
  return result;
}

/** pgbench's log: client, transaction, microseconds, script, time. */
function readLatenciesMs(folder: string): number[] {
  return readdirSync(folder)
    .flatMap((file) => readFileSync(join(folder, file), 'latin1').split('\n').filter(Boolean))
    .map((line) => Number(line.split(' ')[2]) / 1e3);
}
