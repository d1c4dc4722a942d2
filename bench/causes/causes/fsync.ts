import type { Cause } from '../cause.js';
import { preferAtOnce } from '../limits.js';

export const fsync: Cause = {
  name: 'fsync',
  title: 'a journal is written and flushed to the disk, many times',
  truth: { kinds: ['file'], says: ['disk|file', 'journal\\.dat'] },
  async start(stage) {
    const front = await stage.serveNative('journal', { preferred: false });
    await preferAtOnce(front.pid);
    return { front, load: ['/fast'], slow: (tag) => stage.client.get(front.port, `/commit/${tag}?ms=400`) };
  },
};
