/**
 * Timelines drawn as text, one character a millisecond:
 *
 *   web   |rrLLLLLLqrr|          r running, q run queue, L lock, n network, f file, F fault, s sleep, i idle, o other, . nothing known
 *   bg    |rrrrrrrriii|
 *   web@2: 0x7f10 by bg          the slice of `web` that begins at 2 ms: its object, who woke it
 *   request 0-11 web             or `web -> pool`: read by one thread, answered by another; `0-11 read 3` when it lay unread,
 *                                `sent 2` until when it came in, `first 5` when its response began
 *   call web 2-8 mysql: select orders *
 *   other web 1-7 GET /export    or `GET /export -> pool`: answered by another thread
 *
 *   pg:123   |rrrrr|              a thread of another process, `pg`
 *   call web 2-8 pg: select orders * -> pg:123 3-7        the same exchange as its server saw it; `3-7 read 5` when it lay unread
 *   other pg:123 0-2 begin
 *   call web 2-8 pg: login; connect 1, retransmit 6, rtt 2, sent 3, first 7, error no_response      what else is known of a call
 *   retransmit 6                  on the request's own connection
 *   web started pool at 3         the thread, or the process that the thread is the first one of
 *   recorded from 4               what threads did before is not remembered
 *
 * Threads get the tids 1, 2, ... in the order drawn.
 */
import type { PathInput } from '../path-input.js';
import type { CallRef, PathSegment, ProcessWork, Slice, SliceKind, ThreadTimeline } from '../profile.js';

export const MS = 1e6;
export const PID = 100;

const KINDS: Record<string, SliceKind> = {
  r: 'running', q: 'run_queue', L: 'lock', n: 'network', f: 'file', F: 'fault', s: 'sleep', i: 'idle', o: 'other',
};

/** Of services of these names. */
const PROTOCOLS: Record<string, string> = { pg: 'postgres', redis: 'redis', dns: 'dns' };

export function drawn(text: string): PathInput {
  const lines = text.split('\n').map((line) => line.trim()).filter((line) => line !== '');
  const drawing = new Drawing();
  for (const line of lines) drawing.thread(line);
  for (const line of lines) drawing.note(line);
  return drawing.input;
}

class Drawing {
  readonly #threads: ThreadTimeline[] = [];
  readonly #processes: ProcessWork[] = [{ pid: PID, name: 'web', service: 'web', calls: [], requests: [] }];
  readonly #pids = new Map<string, number>();
  readonly input: PathInput;
  #exchanges = 0;

  constructor() {
    const [{ calls, requests }] = this.#processes;
    this.input = {
      threads: this.#threads, requestStartNs: 0, requestEndNs: 0, requestTid: 0, responseTid: 0, calls, otherRequests: requests,
      processes: this.#processes,
    };
  }

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
    this.#threads.push({ pid: this.#pid(match[1]), tid: this.#threads.length + 1, name: match[1], executed: false, onPath: false, slices });
  }

  note(line: string): void {
    let match;
    if (/^\S+\s*\|/.test(line)) return;
    if ((match = /^(\S+)@(\d+):\s*(.*?)(?:\s*\bby (\S+))?$/.exec(line))) this.#annotate(match[1], Number(match[2]) * MS, match[3], match[4]);
    else if ((match = /^(\S+) started (\S+) at (\d+)$/.exec(line))) this.#started(match[1], match[2], Number(match[3]) * MS);
    else if ((match = /^recorded from (\d+)$/.exec(line))) this.input.recordedFromNs = Number(match[1]) * MS;
    else if ((match = /^request (\d+)-(\d+)((?: (?:read|sent|first) \d+)*) (\S+)(?: -> (\S+))?$/.exec(line))) this.#request(match);
    else if ((match = /^call (\S+) (\d+)-(\d+) (\S+): (.*?)(?: -> (\S+) (\d+)-(\d+)(?: read (\d+))?)?(?:; (.*))?$/.exec(line))) this.#call(match);
    else if ((match = /^other (\S+) (\d+)-(\d+) (.*?)(?: -> (\S+))?$/.exec(line))) {
      const other = this.#ref(match[1], match[2], match[3], 'web', match[4]);
      this.#processOf(match[1]).requests.push(match[5] ? { ...other, responseTid: this.#tid(match[5]) } : other);
    } else if ((match = /^retransmit (\d+)$/.exec(line))) this.input.request = { ...this.input.request!, retransmits: 1, retransmittedNs: [Number(match[1]) * MS] };
    else throw new Error(`not understood: ${line}`);
  }

  #annotate(name: string, startNs: number, object: string, waker: string | undefined): void {
    const slice = this.#threads[this.#tid(name) - 1]?.slices.find((one) => one.startNs === startNs);
    if (!slice) throw new Error(`no slice of ${name} begins at ${startNs / MS} ms`);
    const [, syscall, rest] = /^(?:(\w+)\(\) ?)?(.*)$/.exec(object)!;
    slice.syscall = syscall ?? '';
    slice.object = rest;
    if (waker) slice.wokenBy = { pid: this.#pid(waker), tid: this.#tid(waker), name: waker };
  }

  #started(starter: string, name: string, ns: number): void {
    const thread = this.#threads[this.#tid(name) - 1];
    thread.startedBy = { pid: this.#pid(starter), tid: this.#tid(starter), ns };
    // The first thread of a process has its number.
    if (thread.pid !== thread.startedBy.pid) thread.pid = thread.tid;
  }

  #request([, start, end, stages, reader, writer]: RegExpExecArray): void {
    const { input } = this;
    input.requestStartNs = Number(start) * MS;
    input.requestEndNs = Number(end) * MS;
    const at = (stage: string): number | undefined => {
      const found = new RegExp(` ${stage} (\\d+)`).exec(stages);
      return found ? Number(found[1]) * MS : undefined;
    };
    if (at('read') !== undefined) input.requestReadNs = at('read');
    input.requestTid = this.#tid(reader);
    input.responseTid = this.#tid(writer ?? reader);
    input.request = {
      id: 'this', role: 'server', service: 'web', protocol: 'http', endpoint: '/report', startNs: input.requestStartNs, endNs: input.requestEndNs,
      tid: input.requestTid, client: '10.0.0.7:40000', sentNs: at('sent'), firstByteNs: at('first'),
    };
  }

  #call([, thread, start, end, service, endpoint, server, serverStart, serverEnd, read, more]: RegExpExecArray): void {
    const call = this.#ref(thread, start, end, service, endpoint);
    call.peer = '10.0.0.2:5432';
    if (server) {
      const work = this.#processOf(server);
      const view = { ...this.#ref(server, serverStart, serverEnd, service, endpoint), ...(read ? { readNs: Number(read) * MS } : {}) };
      work.requests.push(view);
      call.server = { id: view.id, pid: work.pid, requestTid: view.tid, responseTid: view.tid, startNs: view.startNs, endNs: view.endNs };
    }
    for (const [name, value] of (more ?? '').split(', ').map((one) => one.split(' '))) {
      if (name === 'connect') call.connectNs = Number(value) * MS;
      else if (name === 'retransmit') Object.assign(call, { retransmits: 1, retransmittedNs: [Number(value) * MS] });
      else if (name === 'rtt') call.rttNs = Number(value) * MS;
      else if (name === 'sent') call.sentNs = Number(value) * MS;
      else if (name === 'first') call.firstByteNs = Number(value) * MS;
      else if (name === 'error') call.error = value;
      else if (name !== '') call.protocol = name;
    }
    this.#processOf(thread).calls.push(call);
  }

  #ref(thread: string, start: string, end: string, service: string, endpoint: string): CallRef {
    const id = `${service}-${this.#exchanges++}`;
    return { id, service, protocol: PROTOCOLS[service.split(/[:#]/)[0]] ?? 'test', endpoint, startNs: Number(start) * MS, endNs: Number(end) * MS, tid: this.#tid(thread) };
  }

  #processOf(thread: string): ProcessWork {
    const pid = this.#pid(thread);
    let found = this.#processes.find((one) => one.pid === pid);
    if (!found) {
      const [name] = thread.split(/[:#]/);
      this.#processes.push((found = { pid, name, service: name, calls: [], requests: [] }));
    }
    return found;
  }

  /** `web` is the request's process; `pg:1` and `pg:2` are two threads of one named pg, `pg#7:1` is one of a process of its own, of the same name. */
  #pid(thread: string): number {
    const [process, own] = thread.split(':');
    if (own === undefined) return PID;
    if (!this.#pids.has(process)) this.#pids.set(process, PID + 1 + this.#pids.size);
    return this.#pids.get(process)!;
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
