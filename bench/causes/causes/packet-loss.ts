import type { Cause } from '../cause.js';
import { dropping } from '../network.js';

export const packetLoss: Cause = {
  name: 'packet-loss',
  title: 'packets of another service\'s answer are lost and sent again',
  truth: { kinds: ['wire'], says: ['retransmi|sent again|lost', 'images'] },
  async start(stage) {
    const images = await stage.serveNative('images');
    const front = await stage.serveNative('frontend');
    const answers = ['-p', 'tcp', '--sport', String(images.port), '-m', 'length', '--length', '100:65535'];
    const path = encodeURIComponent('/large/image?kb=64');
    await stage.client.get(front.port, `/call/first?port=${images.port}&path=${path}`);
    return {
      front, load: ['/fast'],
      slow: (tag) => dropping(stage.network.name, answers, 300, () => stage.client.get(front.port, `/call/${tag}?port=${images.port}&path=${path}`)),
    };
  },
};
