import type { Cause } from '../cause.js';

export const gcNode: Cause = {
  name: 'gc-node',
  title: 'Node collects garbage in a large heap, without helping threads',
  truth: { kinds: ['gc'], says: ['garbage'] },
  async start(stage) {
    const front = await stage.serveNode('sessions', {}, ['--expose-gc', '--max-old-space-size=2048', '--single-threaded-gc']);
    await stage.client.get(front.port, '/gc/fill');
    return { front, load: ['/fast'], slow: (tag) => stage.client.get(front.port, `/gc/${tag}`) };
  },
};
