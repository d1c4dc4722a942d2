/** The client as a process of its own, so that it can be in another network namespace: asks as it is told by messages. */
import { Agent, get } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

export interface Question {
  id: number;
  port: number;
  path: string;
  /** It is asked so much later. The client waits: it is among the first in line for a CPU, whoever plays the cause is not. */
  afterMs?: number;
  /** The answer is not read for so long. */
  readAfterMs?: number;
}
export interface Load { id: 0; port: number; paths: readonly string[]; perSecond: number }
export interface Reply { id: number; status: number; facts: Record<string, number>; durationMs: number; error?: string }

const asking = new Agent({ keepAlive: true, maxSockets: 64 });
const loading = new Agent({ keepAlive: true, maxSockets: 2 });

function ask({ id, port, path, readAfterMs }: Question, agent: Agent): Promise<Reply> {
  const startMs = performance.now();
  return new Promise((resolve) => {
    const end = (status: number, facts: Record<string, number>, error?: string) =>
      resolve({ id, status, facts, durationMs: performance.now() - startMs, error });
    get({ host: '127.0.0.1', port, path, agent }, (response) => {
      const read = () => response.resume();
      if (readAfterMs === undefined) read();
      else setTimeout(read, readAfterMs);
      response.on('error', (error) => end(0, {}, error.message));
      response.on('end', () => end(response.statusCode!, JSON.parse(String(response.headers['x-facts'] ?? '{}')) as Record<string, number>));
    }).on('error', (error) => end(0, {}, error.message));
  });
}

async function load({ port, paths, perSecond }: Load): Promise<never> {
  for (let i = 0; ; i++) {
    void ask({ id: 0, port, path: paths[i % paths.length] }, loading);
    await delay(1000 / perSecond);
  }
}

process.on('message', (message: Question | Load) => {
  if ('perSecond' in message) void load(message);
  else void delay(message.afterMs ?? 0).then(() => ask(message, asking)).then((reply) => process.send!(reply));
});
process.on('disconnect', () => process.exit());
