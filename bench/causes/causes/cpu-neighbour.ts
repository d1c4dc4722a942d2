import { cpus } from 'node:os';
import type { Cause } from '../cause.js';

/** The last CPU: interrupts are mostly handled by the first. */
const PINNED = ['taskset', '-c', String(cpus().length - 1)];

export const cpuNeighbour: Cause = {
  name: 'cpu-neighbour',
  title: 'another program has the CPU that the server is pinned to',
  truth: { kinds: ['run_queue'], says: ['no cpu|waited for a cpu', '{neighbour}|noisy'] },
  async start(stage) {
    const front = await stage.serveNative('pinned', { before: PINNED, preferred: false });
    return {
      front, load: ['/fast'],
      async slow(tag) {
        const neighbour = stage.neighbour('noisy', PINNED, 6);
        try {
          return { ...await stage.client.get(front.port, `/cpu/${tag}?ms=30`), neighbour: neighbour.pid };
        } finally {
          await neighbour.stop();
        }
      },
    };
  },
};
