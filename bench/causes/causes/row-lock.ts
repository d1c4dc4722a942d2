import { startPostgres } from '../../../test/servers/index.js';
import type { Cause } from '../cause.js';

export const rowLock: Cause = {
  name: 'row-lock',
  title: 'a PostgreSQL row is held by another session\'s transaction',
  truth: {
    kinds: ['peer', 'lock'], says: ['postgres', 'update accounts', 'lock', '{holder}'], inside: ['lock'],
    peer: { service: 'postgres', endpoint: 'update accounts *', kinds: ['lock'], says: ['row lock', '{holder}', 'idle in transaction'] },
  },
  async start(stage) {
    const postgres = await startPostgres(stage.place);
    stage.prefer(postgres);
    const front = await stage.serveNode('billing', { POSTGRES: String(postgres.port) });
    return {
      front, load: ['/fast'],
      async slow(tag) {
        const holding = stage.client.get(front.port, '/hold/row?ms=500');
        const facts = await stage.client.get(front.port, `/update/${tag}`, { afterMs: 60 });
        return { ...facts, holder: (await holding).holder };
      },
    };
  },
};
