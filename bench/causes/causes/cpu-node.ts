import type { Cause } from '../cause.js';

export const cpuNode: Cause = {
  name: 'cpu-node',
  title: 'a JavaScript function computes',
  truth: { kinds: ['cpu'], says: ['renderReport', '{executor}'] },
  async start(stage) {
    const front = await stage.serveNode('reports');
    return { front, load: ['/fast'], slow: (tag) => stage.client.get(front.port, `/block/${tag}?ms=400`) };
  },
};
