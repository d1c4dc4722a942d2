import type { Cause } from '../cause.js';

export const lock: Cause = {
  name: 'lock',
  title: 'a C++ mutex is held by the thread of another request, which computes',
  truth: { kinds: ['lock'], says: ['lock', '{holder}'] },
  async start(stage) {
    const front = await stage.serveNative('inventory');
    return {
      front, load: ['/fast'],
      async slow(tag) {
        const holding = stage.client.get(front.port, '/hold/index?ms=500');
        const facts = await stage.client.get(front.port, `/lock/${tag}`, { afterMs: 60 });
        return { ...facts, holder: (await holding).executor };
      },
    };
  },
};
