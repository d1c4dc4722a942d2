import { startSlowDns } from '../../../test/servers/index.js';
import type { Cause } from '../cause.js';

export const dns: Cause = {
  name: 'dns',
  title: 'the DNS server answers late',
  truth: { kinds: ['peer'], says: ['dns|resolver', 'prices\\.test'] },
  async start(stage) {
    const resolver = await startSlowDns(stage.place, { name: 'resolver', delayMs: 400, onlyFor: 'prices' });
    stage.prefer(resolver);
    const prices = await stage.serveNative('prices');
    const front = await stage.serveNode('shop', { DNS: String(resolver.port) });
    return { front, load: ['/fast'], slow: (tag) => stage.client.get(front.port, `/byname/${tag}?port=${prices.port}`) };
  },
};
