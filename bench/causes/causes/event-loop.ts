import type { Cause } from '../cause.js';

export const eventLoop: Cause = {
  name: 'event-loop',
  title: 'Node\'s event loop is blocked by another request',
  truth: { kinds: ['other_request', 'unread'], says: ['/block/report'] },
  async start(stage) {
    const front = await stage.serveNode('reports');
    return {
      front, load: ['/fast'],
      async slow(tag) {
        const other = stage.client.get(front.port, '/block/report?ms=500');
        const facts = await stage.client.get(front.port, `/fast/${tag}`, { afterMs: 60 });
        await other;
        return facts;
      },
    };
  },
};
