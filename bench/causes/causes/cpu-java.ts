import type { Cause } from '../cause.js';

export const cpuJava: Cause = {
  name: 'cpu-java',
  title: 'a Java method computes',
  truth: { kinds: ['cpu'], says: ['renderInvoice|addLines', '{executor}'] },
  async start(stage) {
    const front = await stage.serveJava([]);
    return { front, load: ['/fast'], slow: (tag) => stage.client.get(front.port, `/cpu/${tag}?ms=400`) };
  },
};
