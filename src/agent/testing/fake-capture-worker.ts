/** Speaks the capture worker's messages without a kernel: sends one batch, then lives until it is stopped. Environment data says how it fails. */
import { parentPort, workerData, getEnvironmentData } from 'node:worker_threads';
import { lossesOf } from '../../errors/losses.js';
import type { CaptureOptions, MainMessage, WorkerMessage } from '../messages.js';
import { sampleRecord, sampleRollup } from './samples.js';

const port = parentPort!;
const options = workerData as CaptureOptions;
const send = (message: WorkerMessage): void => port.postMessage(message);
const behaviour = getEnvironmentData('fake-worker') as unknown as string | undefined;

if (behaviour === 'fatal') {
  send({ type: 'fatal', code: 'KND-031', message: 'this kernel has no BTF', hint: 'Use another kernel.' });
} else if (behaviour === 'crash-at-start') {
  throw new Error('crashed at start');
} else {
  send({ type: 'ready', hooks: [{ name: 'socket', state: 'attached', reason: '' }] });
  send({ type: 'requests', rowBinary: null, rowCount: 0, recent: [sampleRecord({ id: '00000000000000aa', pid: options.excludePids[0] })], seen: 1 });
  send({ type: 'rollups', rows: [sampleRollup()] });
  send({
    type: 'health',
    health: {
      events: 10, eventBytes: 100, requests: 1, incomplete: 0, connectionsOpen: 1, connectionsTotal: 1, connectionsUnclassified: 0, unclassifiedTotal: 0,
      losses: lossesOf({ ring_overwritten: 3, bytes_unseen: 4_096 }), cpuSeconds: 0.01, kernelSeconds: null, profiling: { passedOver: 0, asks: [] },
    },
  });
  if (behaviour === 'crash-later') setTimeout(() => { throw new Error('crashed later'); }, 50);
}

port.on('message', (message: MainMessage) => {
  if (message.type === 'traced-pids') send({ type: 'traced-pids', pids: [1] });
  if (message.type !== 'stop') return;
  send({ type: 'rollups', rows: [sampleRollup({ error: 'no_response' })] });
  port.close();
});
