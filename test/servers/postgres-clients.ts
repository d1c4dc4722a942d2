import { run, type RunOptions } from './run.js';
import type { LoadResult } from './clients.js';
import { figure, optionalFigure } from './parse.js';
import { postgresProgram } from './postgres.js';

export interface PgbenchOptions extends RunOptions {
  port: number;
  /** Per client; or `seconds`. */
  transactions?: number;
  seconds?: number;
  clients?: number;
  mode?: 'simple' | 'extended' | 'prepared';
  /** `-S`: one SELECT a transaction. Otherwise the TPC-B-like script: seven statements. */
  selectOnly?: boolean;
  /** A script file of one's own. */
  script?: string;
}

/** Makes pgbench's tables (scale 1: 100,000 rows). */
export async function pgbenchInit(port: number, options: RunOptions = {}): Promise<void> {
  await run([postgresProgram('pgbench'), '-i', '-q', '-s', '1', '-h', '127.0.0.1', '-p', String(port), '-U', 'postgres', 'postgres'], options);
}

/** `requests` are transactions: with selectOnly one statement each. */
export async function pgbench(options: PgbenchOptions): Promise<LoadResult> {
  const { port, transactions, seconds, clients = 2, mode = 'simple', selectOnly = true, script, ...place } = options;
  const amount = transactions === undefined ? ['-T', String(seconds ?? 2)] : ['-t', String(transactions)];
  const what = script ? ['-f', script] : selectOnly ? ['-S'] : [];
  const command = [postgresProgram('pgbench'), '-n', '-h', '127.0.0.1', '-p', String(port), '-U', 'postgres', '-c', String(clients), '-j', '1',
    '-M', mode, ...what, ...amount, 'postgres'];
  const { stdout } = await run(command, { timeoutMs: 120_000, ...place });
  const requests = figure(stdout, /number of transactions actually processed: (\d+)/);
  return {
    requests,
    errors: optionalFigure(stdout, /number of failed transactions: (\d+)/) ?? 0,
    seconds: requests / figure(stdout, /tps = ([\d.]+)/),
    p50Ms: null,
    p99Ms: null,
    output: stdout,
  };
}

/** Unaligned, without headers. */
export async function psql(port: number, sql: string, options: RunOptions = {}): Promise<string> {
  return (await run([postgresProgram('psql'), '-X', '-q', '-A', '-t', '-h', '127.0.0.1', '-p', String(port), '-U', 'postgres', '-d', 'postgres', '-c', sql], options)).stdout;
}
