/** Runs demo/load.js outside of the traced cgroup and keeps its latest totals. */
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { launch, type Cgroup } from '../test/servers/index.js';
import { demoSource } from './paths.js';

export interface LoadTotals {
  sent: number;
  answered: number;
  /** Without any answer. */
  failed: number;
  byStatus: Record<string, number>;
  /** Injected cases that did not end as their table says. */
  unexpected: Record<string, number>;
}

export interface RunningLoad {
  readonly totals: LoadTotals;
  ended: Promise<string>;
  stop(): void;
}

export function startLoad(url: string, ratePerSecond: number, cgroup: Cgroup): RunningLoad {
  const command = [process.execPath, join(demoSource, 'load.js'), url, String(ratePerSecond)];
  const child = launch(command, { cgroup, detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
  let totals: LoadTotals = { sent: 0, answered: 0, failed: 0, byStatus: {}, unexpected: {} };
  createInterface({ input: child.stdout! }).on('line', (line) => { totals = JSON.parse(line) as LoadTotals; });
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(`it ended with ${signal ?? code}`));
  });
  return { get totals() { return totals; }, ended, stop: () => { child.kill('SIGTERM'); } };
}
