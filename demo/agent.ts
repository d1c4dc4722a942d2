/** The agent beside the shop: its command line stands here and nowhere else. */
import { mkdirSync, openSync, closeSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ChildProcess } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import type { AgentHealth } from '../src/server/api.js';
import { launch, type Cgroup } from '../test/servers/index.js';
import { repositoryRoot } from './paths.js';

export interface AgentPlace {
  /** What it traces. */
  shop: Cgroup;
  /** Where it runs: beside the shop, not in it. */
  cgroup: Cgroup;
  directory: string;
  port: number;
}

export interface RunningAgent {
  url: string;
  /** Resolves with how it ended and the last lines it logged. */
  ended: Promise<string>;
  stop(): Promise<void>;
}

const startTimeoutMs = 30_000;

function agentCommand(place: AgentPlace): string[] {
  return [join(repositoryRoot, 'dist/src/cli/main.js'), 'agent',
    '--cgroup', place.shop.path,
    '--listen', `127.0.0.1:${place.port}`,
    '--store-directory', join(place.directory, 'store'), '--profile'];
}

export async function startAgent(place: AgentPlace): Promise<RunningAgent> {
  mkdirSync(join(place.directory, 'store'));
  const logFile = join(place.directory, 'agent.log');
  const log = openSync(logFile, 'a');
  const child = launch(agentCommand(place), {
    cgroup: place.cgroup,
    cwd: place.directory,
    detached: true,
    env: { HOME: place.directory, KINDLING_REQUIRE_SCOPE: '1' },
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(`it ended with ${signal ?? code}\n${lastLines(logFile)}`));
  });
  const url = `http://127.0.0.1:${place.port}`;
  const agent = { url, ended, stop: () => stop(child, ended) };
  const failure = await Promise.race([untilReady(url), ended]);
  if (failure !== null) {
    await agent.stop();
    throw new Error(`the agent did not start: ${failure}`);
  }
  return agent;
}

/** Null when it captures (it answers a little earlier), else what is wrong. */
async function untilReady(url: string): Promise<string | null> {
  for (const endMs = Date.now() + startTimeoutMs; Date.now() < endMs;) {
    try {
      const response = await fetch(`${url}/api/agent`);
      if (response.ok && (await response.json() as AgentHealth).hooks.some((hook) => hook.state === 'attached')) return null;
    } catch {
      // not listening yet
    }
    await delay(50);
  }
  return `no answer from ${url}/api/agent within ${startTimeoutMs / 1000} s`;
}

async function stop(child: ChildProcess, ended: Promise<string>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  child.kill('SIGTERM');
  if (await Promise.race([ended, delay(8000, null, { ref: false })]) === null) child.kill('SIGKILL');
  await ended;
}

function lastLines(file: string): string {
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-20).join('\n');
}
