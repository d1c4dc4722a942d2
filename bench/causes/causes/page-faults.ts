import type { Cause } from '../cause.js';
import { limit, preferAtOnce } from '../limits.js';

export const pageFaults: Cause = {
  name: 'page-faults',
  title: 'a mapped file is larger than the memory that the cgroup allows',
  truth: { kinds: ['fault'], says: ['page fault|memory', 'catalogue\\.dat|limit'] },
  async start(stage) {
    const front = await stage.serveNative('search', { preferred: false });
    stage.onEnd(await limit(front, stage.traced, { controller: 'memory', bytes: 64 << 20 }));
    await preferAtOnce(front.pid);
    return {
      front, load: ['/fast'],
      before: () => stage.client.get(front.port, '/prepare/file').then(() => {}),
      slow: (tag) => stage.client.get(front.port, `/touch/${tag}?ms=400`),
    };
  },
};
