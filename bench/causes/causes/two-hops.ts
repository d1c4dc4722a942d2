import type { Cause } from '../cause.js';

export const twoHops: Cause = {
  name: 'two-hops',
  title: 'A asks B, B asks C over HTTP, C computes',
  truth: { kinds: ['peer'], says: ['offers', 'pricing', 'comput|cpu'] },
  async start(stage) {
    const pricing = await stage.serveNative('pricing');
    const offers = await stage.serveNative('offers');
    const front = await stage.serveNative('frontend');
    const prices = `/cpu/prices?ms=400`;
    return {
      front, load: ['/fast'],
      slow: (tag) => stage.client.get(front.port, `/call/${tag}?port=${offers.port}&path=${encodeURIComponent(`/call/offers?port=${pricing.port}&path=${encodeURIComponent(prices)}`)}`),
    };
  },
};
