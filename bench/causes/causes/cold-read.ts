import type { Cause } from '../cause.js';
import { preferAtOnce } from '../limits.js';

/** Of 65,536: what may be left in the page cache. */
const RESIDENT_PAGES = 1_000;

export const coldRead: Cause = {
  name: 'cold-read',
  title: 'a file that is not in the page cache is read',
  truth: { kinds: ['file'], says: ['disk|file', 'catalogue\\.dat'] },
  async start(stage) {
    const front = await stage.serveNative('catalogue', { preferred: false });
    await preferAtOnce(front.pid);
    return {
      front, load: ['/fast'],
      async before() {
        const { residentPages } = await stage.client.get(front.port, '/prepare/file');
        if (residentPages > RESIDENT_PAGES) throw new Error(`${residentPages} pages of the file stay in the page cache`);
      },
      slow: (tag) => stage.client.get(front.port, `/read/${tag}?ms=400`),
    };
  },
};
