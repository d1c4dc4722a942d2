import type { Cause } from '../cause.js';

export const poolHandoff: Cause = {
  name: 'pool-handoff',
  title: 'one thread reads the request, another of the pool computes',
  truth: { kinds: ['cpu'], says: ['encodeThumbnail|mixPixels', '{executor}'] },
  async start(stage) {
    const front = await stage.serveNative('thumbnails', { pool: 4 });
    return { front, load: ['/fast'], slow: (tag) => stage.client.get(front.port, `/cpu/${tag}?ms=400`) };
  },
};
