/** Traces one cgroup or process tree with the real kernel side and the ordinary pipeline, and keeps every request. */
import { createPipeline, type Pipeline } from '../../src/agent/pipeline.js';
import { LiveNames } from '../../src/agent/naming.js';
import { decodeRecord } from '../../src/events/decode.js';
import { KernelCapture, type CaptureTarget } from '../../src/kernel/capture.js';
import { planHooks, type HookMode } from '../../src/kernel/hooks.js';
import { DEFAULT_REQUEST_OPTIONS } from '../../src/requests/builder.js';
import { measureOffsetNs, WallClock } from '../../src/requests/clock.js';
import type { RequestRecord } from '../../src/requests/record.js';
import { SLOW } from '../servers/slow.js';

export { SLOW };

function monotonicNs(): number {
  const [seconds, ns] = process.hrtime();
  return seconds * 1e9 + ns;
}

export interface ObserveOptions {
  scope: CaptureTarget['scope'];
  hooks?: HookMode;
  ringBytes?: number;
  excludePids?: number[];
  noResponseTimeoutMs?: number;
}

/** The hook sets that this kernel has: every test of capture runs with each. */
export function hookModes(): Array<'socket' | 'syscall'> {
  return planHooks('auto').mode === 'socket' ? ['socket', 'syscall'] : ['syscall'];
}

export class Observation {
  readonly records: RequestRecord[] = [];
  readonly kernel: KernelCapture;
  readonly pipeline: Pipeline;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: ObserveOptions) {
    this.kernel = new KernelCapture({ ringBytes: 32 << 20, hooks: 'auto', excludePids: [], ...options });
    this.pipeline = createPipeline({
      requests: DEFAULT_REQUEST_OPTIONS, noResponseTimeoutMs: options.noResponseTimeoutMs ?? 120_000, clock: new WallClock(measureOffsetNs()),
      startSeconds: Date.now() / 1000, names: new LiveNames(monotonicNs),
      onRecord: (record, _endNs, attach) => { attach(); this.records.push(record); },
      datagramSenders: this.kernel.tellsSenders(),
      setCapture: (id, bytes) => this.kernel.setCapture(id, bytes),
    });
    this.resume();
  }

  /** Nothing is read until `resume`: what happens when the agent gets no CPU. */
  pause(): void {
    clearInterval(this.#timer);
  }

  resume(): void {
    this.#timer = setInterval(() => this.drain(), 5);
  }

  drain(): void {
    const { observer } = this.pipeline;
    const handle = (bytes: Uint8Array, view: DataView, offset: number) => { decodeRecord(bytes, view, offset, observer); };
    while (this.kernel.drain(monotonicNs(), 50_000, handle) === 50_000);
  }

  /** Requests that `matches`, once there are `count` of them; fails with what came instead. */
  async until(count: number, matches: (record: RequestRecord) => boolean, timeoutMs = 5_000): Promise<RequestRecord[]> {
    const deadline = Date.now() + timeoutMs * SLOW;
    for (;;) {
      this.drain();
      const found = this.records.filter(matches);
      if (found.length >= count || Date.now() > deadline) return found;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** After whatever was sent before this call has been seen. */
  async settle(ms = 150): Promise<RequestRecord[]> {
    await new Promise((resolve) => setTimeout(resolve, ms * SLOW));
    this.drain();
    return this.records;
  }

  sweep(): void {
    this.pipeline.sweep(monotonicNs());
  }

  [Symbol.dispose](): void {
    this.pause();
    this.kernel.close();
  }
}

/** `http GET /a 200 x3` for each kind of request, sorted: what a failed comparison should show. */
export function tally(records: readonly RequestRecord[]): string[] {
  const counts = new Map<string, number>();
  for (const record of records) {
    const text = [record.role, record.protocol, record.operation, record.endpoint, record.status, record.error === 'none' ? '' : record.error,
      record.complete ? '' : `(${record.incompleteReason})`].filter((part) => part !== '').join(' ');
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  return [...counts].map(([text, count]) => `${text} x${count}`).sort();
}
