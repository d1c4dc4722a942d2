import type { Cause } from '../cause.js';

const THREADS = 3;

export const poolFull: Cause = {
  name: 'pool-full',
  title: 'the request waits in the queue until one of the pool\'s threads is free',
  truth: { kinds: ['pool', 'other_request'], says: ['busy|queue|free', '/sleep/export'] },
  async start(stage) {
    const front = await stage.serveNative('exports', { pool: THREADS });
    return {
      // The pool is full: load would only wait with it.
      front, load: [],
      async slow(tag) {
        const others = Array.from({ length: THREADS }, () => stage.client.get(front.port, '/sleep/export?ms=500'));
        const facts = await stage.client.get(front.port, `/fast/${tag}`, { afterMs: 60 });
        await Promise.all(others);
        return facts;
      },
    };
  },
};
