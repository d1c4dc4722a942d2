import { setFlagsFromString } from 'node:v8';
import { Worker, type TransferListItem } from 'node:worker_threads';

export interface ThreadOptions {
  name: string;
  workerData: unknown;
  transferList?: TransferListItem[];
  /** Of its heap. */
  youngMb: number;
  oldMb: number;
}

/** The main thread's young generation is limited on the command line (cli/main.ts), which would outrank what a thread is given. */
export function startThread(file: URL, { name, workerData, transferList, youngMb, oldMb }: ThreadOptions): Worker {
  setFlagsFromString('--max-semi-space-size=0');
  return new Worker(file, { name, workerData, transferList, resourceLimits: { maxYoungGenerationSizeMb: youngMb, maxOldGenerationSizeMb: oldMb } });
}
