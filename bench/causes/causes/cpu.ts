import type { Cause } from '../cause.js';

export const cpu: Cause = {
  name: 'cpu',
  title: 'a C++ function computes, no frame pointers',
  truth: { kinds: ['cpu'], says: ['encodeThumbnail|mixPixels', '{executor}'] },
  async start(stage) {
    const front = await stage.serveNative('thumbnails');
    return { front, load: ['/fast'], slow: (tag) => stage.client.get(front.port, `/cpu/${tag}?ms=400`) };
  },
};
