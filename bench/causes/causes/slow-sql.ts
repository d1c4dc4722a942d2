import { startPostgres } from '../../../test/servers/index.js';
import type { Cause } from '../cause.js';

export const slowSql: Cause = {
  name: 'slow-sql',
  title: 'a PostgreSQL statement computes',
  truth: { kinds: ['peer'], says: ['postgres', 'select orders|from orders'], inside: ['cpu'] },
  async start(stage) {
    const postgres = await startPostgres(stage.place);
    stage.prefer(postgres);
    const front = await stage.serveNode('billing', { POSTGRES: String(postgres.port) });
    return { front, load: ['/fast'], slow: (tag) => stage.client.get(front.port, `/sql/${tag}?ms=400`) };
  },
};
