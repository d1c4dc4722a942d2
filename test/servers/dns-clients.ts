import { run, type RunOptions } from './run.js';

/** Arguments as on dig's command line: `['web.test', 'AAAA', '+short']`. */
export async function dig(port: number, args: string[], options: RunOptions = {}): Promise<string> {
  return (await run(['dig', '@127.0.0.1', '-p', String(port), '+tries=1', '+time=3', ...args], options)).stdout;
}
