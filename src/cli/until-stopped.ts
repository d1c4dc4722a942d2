import type { RunningAgent } from '../agent/agent.js';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Resolves when a signal asks the agent to end, rejects when it cannot go on. A second signal ends the process at once. */
export function untilStopped(agent: RunningAgent, also: Promise<unknown> = new Promise(() => undefined)): Promise<void> {
  return new Promise((resolve, reject) => {
    const onSignal = (): void => {
      for (const signal of SIGNALS) process.removeListener(signal, onSignal);
      resolve();
    };
    for (const signal of SIGNALS) process.on(signal, onSignal);
    void agent.failed.then(reject);
    also.then(onSignal, reject);
  });
}
