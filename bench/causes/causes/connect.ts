import type { Cause } from '../cause.js';
import { dropping } from '../network.js';

export const connect: Cause = {
  name: 'connect',
  title: 'the first packet of a connect is lost: it is sent again a second later',
  truth: { kinds: ['wire', 'peer'], says: ['connect', 'stock'] },
  async start(stage) {
    const stock = await stage.serveNative('stock');
    const front = await stage.serveNative('frontend');
    const first = ['-p', 'tcp', '--dport', String(stock.port), '--syn'];
    return {
      front, load: ['/fast'],
      slow: (tag) => dropping(stage.network.name, first, 400, () => stage.client.get(front.port, `/call/${tag}?port=${stock.port}&path=/fast/item&fresh=1`)),
    };
  },
};
