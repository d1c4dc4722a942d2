import { startRedis } from '../../../test/servers/index.js';
import type { Cause } from '../cause.js';

export const slowRedis: Cause = {
  name: 'slow-redis',
  title: 'a Redis command (EVAL) of the request itself is slow',
  truth: { kinds: ['peer'], says: ['redis', 'eval'], inside: ['cpu'] },
  async start(stage) {
    const redis = await startRedis(stage.place);
    stage.prefer(redis);
    const front = await stage.serveNode('carts', { REDIS: String(redis.port) });
    return { front, load: ['/fast'], slow: (tag) => stage.client.get(front.port, `/lua/${tag}?ms=400`) };
  },
};
