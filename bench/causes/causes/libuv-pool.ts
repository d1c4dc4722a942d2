import type { Cause } from '../cause.js';

export const libuvPool: Cause = {
  name: 'libuv-pool',
  title: 'Node waits for its own thread pool, which is busy for another request',
  truth: { kinds: ['pool'], says: ['pool|own threads', 'busy|full|queue|occupied'] },
  async start(stage) {
    const front = await stage.serveNode('logins');
    return {
      front, load: ['/fast'],
      async slow(tag) {
        const other = stage.client.get(front.port, '/fill/passwords?ms=500');
        const facts = await stage.client.get(front.port, `/digest/${tag}`, { afterMs: 60 });
        await other;
        return facts;
      },
    };
  },
};
