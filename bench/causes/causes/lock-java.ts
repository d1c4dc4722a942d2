import type { Cause } from '../cause.js';

export const lockJava: Cause = {
  name: 'lock-java',
  title: 'a Java monitor is held by the thread of another request, which computes',
  truth: { kinds: ['lock'], says: ['lock|monitor', '{holder}'] },
  async start(stage) {
    const front = await stage.serveJava([]);
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
