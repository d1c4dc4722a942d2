/**
 * A profile in the Trace Event format (JSON), which ui.perfetto.dev and chrome://tracing open: threads as tracks with their
 * slices, the critical path as a track of its own with arrows from thread to thread, calls to others, log lines and moments,
 * CPU samples in the form of V8's CPU profiles. Times are microseconds since the profile's start.
 */
import type { Profile, Stacks, ThreadTimeline } from '../profile/profile.js';
import { SliceIndex } from '../profile/slice-index.js';
import { frameFile, pathName, sliceName } from './profile-text.js';

interface TraceEvent { ph: string; name: string; pid: number; tid: number; ts: number; [field: string]: unknown }

const micros = (ns: number): number => Math.round(ns) / 1_000;

export function toPerfetto(profile: Profile): string {
  const events = [
    ...names(profile), ...request(profile), ...path(profile), ...flows(profile), ...calls(profile), ...instants(profile), ...samples(profile),
  ];
  const rows = events.map((event) => JSON.stringify(event));
  // Not one array of all: a window may have some 100,000 slices.
  for (const thread of profile.threads) for (const row of slices(thread)) rows.push(row);
  const about = { requestId: profile.requestId, service: profile.service, endpoint: profile.endpoint, startUnixNs: profile.start, verdict: profile.verdict, missing: profile.missing };
  return `{"displayTimeUnit":"ms","otherData":${JSON.stringify(about)},"traceEvents":[\n${rows.join(',\n')}\n]}\n`;
}

/** The thread that executed the request on top, those on the path next. */
function names({ threads, pid, service }: Profile): TraceEvent[] {
  const processes = new Set([pid, ...threads.map((thread) => thread.pid)]);
  const meta = (name: string, process: number, tid: number, args: object): TraceEvent => ({ ph: 'M', name, pid: process, tid, ts: 0, args });
  return [
    ...[...processes].map((process) => meta('process_name', process, 0, { name: process === pid ? service : `process ${process}` })),
    ...threads.flatMap(({ pid: process, tid, name, executed, onPath }) => [
      meta('thread_name', process, tid, { name: executed ? `${name} (executed the request)` : name }),
      meta('thread_sort_index', process, tid, { sort_index: executed ? 0 : onPath ? 1 : 2 }),
    ]),
  ];
}

function span(ph: 'b' | 'e', cat: string, id: string, name: string, pid: number, tid: number, ns: number, args: object = {}): TraceEvent {
  return { ph, cat, id, name, pid, tid, ts: micros(ns), args };
}

/** Async events: they may overlap with whatever else is on the track. */
function both(cat: string, id: string, name: string, pid: number, tid: number, fromNs: number, toNs: number, args: object): TraceEvent[] {
  return [span('b', cat, id, name, pid, tid, fromNs, args), span('e', cat, id, name, pid, tid, toNs)];
}

function request({ requestId, operation, endpoint, pid, requestStartNs, requestEndNs, verdict, status, error }: Profile): TraceEvent[] {
  return both('request', `request ${requestId}`, `${operation} ${endpoint}`, pid, pid, requestStartNs, requestEndNs, { verdict, status, error });
}

function path({ path: segments, pid, requestId }: Profile): TraceEvent[] {
  return segments.flatMap(({ kind, object, startNs, endNs, tid, call }) =>
    both('critical path', `path ${requestId}`, pathName(kind, object), pid, pid, startNs, endNs, { kind, object, tid, ...(call === null ? {} : { request: call.id }) }));
}

/** An arrow where the path goes over to another thread: from a slice to a slice, as arrows to nowhere are not shown. */
function flows({ path: segments, threads }: Profile): TraceEvent[] {
  const index = new SliceIndex(threads);
  return segments.flatMap((segment, i): TraceEvent[] => {
    const next = segments[i + 1];
    if (next === undefined || segment.tid === next.tid) return [];
    const [from, to] = [index.thread(segment.tid), index.thread(next.tid)];
    const [left, reached] = [index.sliceBefore(segment.tid, segment.endNs), index.sliceBefore(next.tid, next.startNs + 1)];
    if (!from || !to || !left || !reached || reached.endNs < next.startNs) return [];
    const flow = { cat: 'critical path', name: 'critical path', id: i + 1 };
    // The last microsecond is still in the slice.
    const leftNs = Math.max(left.startNs, Math.min(segment.endNs, left.endNs) - 1_000);
    return [
      { ...flow, ph: 's', pid: from.pid, tid: from.tid, ts: micros(leftNs) },
      { ...flow, ph: 'f', bp: 'e', pid: to.pid, tid: to.tid, ts: micros(next.startNs) },
    ];
  });
}

function calls({ calls: made, pid }: Profile): TraceEvent[] {
  return made.flatMap(({ id, service, endpoint, protocol, startNs, endNs, tid, peer }) =>
    both('calls', `call ${id}`, `${service} ${endpoint}`, pid, tid, startNs, endNs, { protocol, request: id, ...(peer === undefined ? {} : { peer }) }));
}

function instants({ logs, moments }: Profile): TraceEvent[] {
  return [
    ...logs.map(({ ns, pid, tid, target, text }): TraceEvent => ({ ph: 'i', s: 't', cat: 'log', name: text.slice(0, 120), pid, tid, ts: micros(ns), args: { target, text } })),
    ...moments.map(({ ns, kind, pid, tid, text }): TraceEvent => ({ ph: 'i', s: 't', cat: 'moment', name: kind, pid, tid, ts: micros(ns), args: { text } })),
  ];
}

function* slices({ pid, tid, slices: all }: ThreadTimeline): Generator<string> {
  for (const slice of all) {
    const { kind, startNs, endNs, syscall, object, wokenBy, result } = slice;
    const args: Record<string, unknown> = {};
    if (object !== '') args.object = object;
    if (syscall !== '') args.syscall = syscall;
    if (wokenBy !== null) args.wokenBy = `${wokenBy.name} (${wokenBy.tid})`;
    if (result !== undefined) args.result = result;
    yield JSON.stringify({ ph: 'X', cat: kind, name: sliceName(slice), pid, tid, ts: micros(startNs), dur: micros(endNs - startNs), args });
  }
}

/** One CPU profile a thread: nodes are the tree of its stacks. */
function samples({ stacks, threads }: Profile): TraceEvent[] {
  const byThread = new Map<number, Stacks['samples']>();
  for (const sample of stacks.samples) {
    const known = byThread.get(sample.tid);
    if (known) known.push(sample);
    else byThread.set(sample.tid, [sample]);
  }
  const processOf = new Map(threads.map((thread) => [thread.tid, thread.pid]));
  return [...byThread].flatMap(([tid, own]): TraceEvent[] => {
    const pid = processOf.get(tid) ?? own[0].pid;
    const tree = new CallTree(stacks);
    const ids = own.map((sample) => tree.leafOf(sample.stack));
    const deltas = own.map((sample, i) => micros(sample.ns - (i === 0 ? 0 : own[i - 1].ns)));
    const base = { ph: 'P', cat: 'disabled-by-default-v8.cpu_profiler', id: String(tid), pid, tid };
    return [
      { ...base, name: 'Profile', ts: 0, args: { data: { startTime: 0 } } },
      { ...base, name: 'ProfileChunk', ts: micros(own[0].ns), args: { data: { cpuProfile: { nodes: tree.nodes, samples: ids }, timeDeltas: deltas } } },
    ];
  });
}

interface CallNode { id: number; parent?: number; callFrame: { functionName: string; url: string; scriptId: number; lineNumber: number; codeType: string } }

class CallTree {
  readonly nodes: CallNode[] = [{ id: 1, callFrame: { functionName: '(root)', url: '', scriptId: 0, lineNumber: -1, codeType: 'other' } }];
  readonly #children = new Map<string, number>();

  constructor(private readonly stacks: Stacks) {}

  leafOf(stack: number): number {
    let node = 1;
    for (const frame of [...this.stacks.stacks[stack]?.frames ?? []].reverse()) node = this.#child(node, frame);
    return node;
  }

  #child(parent: number, index: number): number {
    const key = `${parent} ${index}`;
    const known = this.#children.get(key);
    if (known !== undefined) return known;
    const frame = this.stacks.frames[index];
    const id = this.nodes.length + 1;
    this.nodes.push({ id, parent, callFrame: { functionName: frame.name, url: frameFile(frame), scriptId: 0, lineNumber: frame.line - 1, codeType: frame.kind } });
    this.#children.set(key, id);
    return id;
  }
}
