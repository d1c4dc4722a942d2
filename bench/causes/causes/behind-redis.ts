import { startRedis } from '../../../test/servers/index.js';
import type { Cause } from '../cause.js';

export const behindRedis: Cause = {
  name: 'behind-redis',
  title: 'a quick Redis command waits behind a slow one (EVAL) of another service',
  truth: { kinds: ['peer'], says: ['redis', 'redis-server GET', 'eval'], inside: ['other_request'] },
  async start(stage) {
    const redis = await startRedis(stage.place);
    stage.prefer(redis);
    const front = await stage.serveNode('carts', { REDIS: String(redis.port) });
    const totals = await stage.serveNode('totals', { REDIS: String(redis.port) });
    return {
      front, load: ['/fast'],
      async slow(tag) {
        const other = stage.client.get(totals.port, '/lua/totals?ms=500');
        const facts = await stage.client.get(front.port, `/stock/${tag}`, { afterMs: 60 });
        await other;
        return facts;
      },
    };
  },
};
