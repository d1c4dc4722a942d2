import type { Cause } from '../cause.js';

export const sleep: Cause = {
  name: 'sleep',
  title: 'the handler sleeps',
  truth: { kinds: ['sleep'], says: ['slept|asleep|sleep', '{executor}'] },
  async start(stage) {
    const front = await stage.serveNative('polite');
    return { front, load: ['/fast'], slow: (tag) => stage.client.get(front.port, `/sleep/${tag}?ms=400`) };
  },
};
