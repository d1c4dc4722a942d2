/**
 * Timelines drawn as text, one character a millisecond:
 *
 *   web   |rrLLLLLLqrr|          r running, q run queue, L lock, n network, f file, F fault, s sleep, i idle, o other, . nothing known
 *   bg    |rrrrrrrriii|
 *   web@2: 0x7f10 by bg          the slice of `web` that begins at 2 ms: its object, who woke it
 *   request 0-11 web             or `web -> pool`: read by one thread, answered by another; `0-11 read 3` when it lay unread
 *   call web 2-8 mysql: select orders *
 *   other web 1-7 GET /export
 *
 * Threads get the tids 1, 2, ... in the order drawn.
 */
import type { PathInput } from '../path-input.js';
import type { CallRef, PathSegment, Slice, SliceKind, ThreadTimeline } from '../profile.js';

export const MS = 1e6;
export const PID = 100;

const KINDS: Record<string, SliceKind> = {
  r: 'running', q: 'run_queue', L: 'lock', n: 'network', f: 'file', F: 'fault', s: 'sleep', i: 'idle', o: 'other',
};

export function drawn(text: string): PathInput {
  const lines = text.split('\n').map((line) => line.trim()).filter((line) => line !== '');
  const drawing = new Drawing();
  for (const line of lines) drawing.thread(line);
  for (const line of lines) drawing.note(line);
  return drawing.input;
}

class Drawing {
  readonly #threads: ThreadTimeline[] = [];
  readonly #calls: CallRef[] = [];
  readonly #others: CallRef[] = [];
  readonly input: PathInput = {
    threads: this.#threads, requestStartNs: 0, requestEndNs: 0, requestTid: 0, responseTid: 0, calls: this.#calls, otherRequests: this.#others,
  };

  thread(line: string): void {
    const match = /^(\S+)\s*\|(.*)\|$/.exec(line);
    if (!match) return;
    const slices: Slice[] = [];
    for (const run of match[2].matchAll(/(.)\1*/g)) {
      if (run[1] === '.') continue;
      const kind = KINDS[run[1]];
      if (!kind) throw new Error(`no such slice: '${run[1]}' in ${line}`);
      slices.push({ startNs: run.index * MS, endNs: (run.index + run[0].length) * MS, kind, syscall: '', object: '', wokenBy: null });
    }
    this.#threads.push({ pid: PID, tid: this.#threads.length + 1, name: match[1], executed: false, onPath: false, slices });
  }

  note(line: string): void {
    let match;
    if (/^\S+\s*\|/.test(line)) return;
    if ((match = /^(\S+)@(\d+):\s*(.*?)(?:\s*\bby (\S+))?$/.exec(line))) this.#annotate(match[1], Number(match[2]) * MS, match[3], match[4]);
    else if ((match = /^request (\d+)-(\d+)(?: read (\d+))? (\S+)(?: -> (\S+))?$/.exec(line))) this.#request(match);
    else if ((match = /^call (\S+) (\d+)-(\d+) (\S+): (.*)$/.exec(line))) this.#calls.push(this.#ref(match[1], match[2], match[3], match[4], match[5]));
    else if ((match = /^other (\S+) (\d+)-(\d+) (.*)$/.exec(line))) this.#others.push(this.#ref(match[1], match[2], match[3], 'web', match[4]));
    else throw new Error(`not understood: ${line}`);
  }

  #annotate(name: string, startNs: number, object: string, waker: string | undefined): void {
    const slice = this.#threads[this.#tid(name) - 1]?.slices.find((one) => one.startNs === startNs);
    if (!slice) throw new Error(`no slice of ${name} begins at ${startNs / MS} ms`);
    slice.object = object;
    if (waker) slice.wokenBy = { pid: PID, tid: this.#tid(waker), name: waker };
  }

  #request(match: RegExpExecArray): void {
    this.input.requestStartNs = Number(match[1]) * MS;
    this.input.requestEndNs = Number(match[2]) * MS;
    if (match[3]) this.input.requestReadNs = Number(match[3]) * MS;
    this.input.requestTid = this.#tid(match[4]);
    this.input.responseTid = this.#tid(match[5] ?? match[4]);
  }

  #ref(thread: string, start: string, end: string, service: string, endpoint: string): CallRef {
    const id = `${service}-${this.#calls.length + this.#others.length}`;
    return { id, service, protocol: 'test', endpoint, startNs: Number(start) * MS, endNs: Number(end) * MS, tid: this.#tid(thread) };
  }

  /** A thread that is not drawn: 99. */
  #tid(name: string): number {
    return this.#threads.find((thread) => thread.name === name)?.tid ?? 99;
  }
}

/** `0-2 web cpu`, `2-8 web lock 0x7f10 held by bg (2)`. */
export function told(path: readonly PathSegment[], input: PathInput): string[] {
  const name = (tid: number): string => input.threads.find((thread) => thread.tid === tid)?.name ?? String(tid);
  return path.map((segment) => `${segment.startNs / MS}-${segment.endNs / MS} ${name(segment.tid)} ${segment.kind} ${segment.object}`.trimEnd());
}
