import type { Cause } from '../cause.js';
import { limit } from '../limits.js';

export const cpuLimit: Cause = {
  name: 'cpu-limit',
  title: 'the cgroup\'s CPU limit holds the process back',
  truth: { kinds: ['throttled'], says: ['limit|thrott'] },
  async start(stage) {
    const front = await stage.serveNative('limited', { preferred: false });
    stage.onEnd(await limit(front, stage.traced, { controller: 'cpu', quotaUs: 20_000, periodUs: 100_000 }));
    return { front, load: [], slow: (tag) => stage.client.get(front.port, `/cpu/${tag}?ms=100`) };
  },
};
