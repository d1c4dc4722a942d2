/** Speaks the profile worker's messages without a kernel: ready at once; it crashes when it is told to leave out process 1. */
import { parentPort } from 'node:worker_threads';
import type { ProfileWorkerMessage, ToProfileWorker } from '../profile-messages.js';

const port = parentPort!;
port.postMessage({ type: 'ready', hooks: [{ name: 'thread_switched', state: 'attached', reason: '' }], memoryBytes: 1_000 } satisfies ProfileWorkerMessage);
port.on('message', (message: ToProfileWorker) => {
  if (message.type === 'stop') port.close();
  else if (message.pids.includes(1)) throw new Error('a slice too many');
});
