import type { Cause } from '../cause.js';

export const gcJava: Cause = {
  name: 'gc-java',
  title: 'Java collects garbage in a heap that is nearly full',
  truth: { kinds: ['gc'], says: ['garbage'] },
  async start(stage) {
    const front = await stage.serveJava(['-Xmx440m', '-Xms440m', '-XX:+UseSerialGC']);
    return { front, load: ['/fast'], before: () => stage.client.get(front.port, '/gc/fill?ms=1').then(() => {}), slow: (tag) => stage.client.get(front.port, `/gc/${tag}?ms=300`) };
  },
};
