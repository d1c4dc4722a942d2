import { run, type RunOptions } from './run.js';
import type { LoadResult } from './clients.js';
import { figure } from './parse.js';

export interface MysqlslapOptions extends RunOptions {
  port: number;
  query: string;
  /** All clients together. */
  queries?: number;
  clients?: number;
}

function address(port: number): string[] {
  return ['--no-defaults', '--protocol=tcp', '-h127.0.0.1', `-P${port}`, '-uroot'];
}

/** Its own set-up statements are not in `requests`. Without the schema it reports success and has asked nothing. */
export async function mysqlslap(options: MysqlslapOptions): Promise<LoadResult> {
  const { port, query, queries = 1000, clients = 2, ...place } = options;
  const command = ['mysqlslap', ...address(port), `--concurrency=${clients}`, `--number-of-queries=${queries}`, `--query=${query}`, '--create-schema=mysqlslap'];
  await mariadbCli(port, 'CREATE DATABASE IF NOT EXISTS mysqlslap');
  const { stdout } = await run([...command, '--no-drop'], { timeoutMs: 120_000, ...place });
  const seconds = figure(stdout, /Average number of seconds to run all queries: ([\d.]+)/);
  return { requests: queries, errors: 0, seconds, p50Ms: null, p99Ms: null, output: stdout };
}

/** Runs the statements, prints rows tab-separated without headers. */
export async function mariadbCli(port: number, sql: string, options: RunOptions = {}): Promise<string> {
  return (await run(['mariadb', ...address(port), '-N', '-B', '-e', sql], options)).stdout;
}
