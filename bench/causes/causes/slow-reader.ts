import type { Cause } from '../cause.js';

export const slowReader: Cause = {
  name: 'slow-reader',
  title: 'the client does not read the answer: the server cannot send on',
  truth: { kinds: ['peer', 'wire'], says: ['client', 'read|receiv|take'] },
  async start(stage) {
    const front = await stage.serveNative('downloads');
    return { front, load: ['/fast'], slow: (tag) => stage.client.get(front.port, `/large/${tag}?kb=32768`, { readAfterMs: 1000 }) };
  },
};
