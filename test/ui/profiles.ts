/** Made-up profiles of the shop's slow requests: one that waited for a peer, one for a lock, one for a CPU; and a huge one. */
import type { LedgerEntry, LedgerKind, PathSegment, Profile, ProfileSummary, RequestSummary, Slice, SliceKind, ThreadRef, ThreadTimeline } from '../../src/server/api.js';
import { summaryOf } from '../../src/agent/profile-summary.js';
import type { ProfileSource } from '../../src/server/queries.js';

type Part = [kind: SliceKind, ns: number, more?: Partial<Slice>];

const EDGE_SHARE = 0.15;

function timeline(pid: number, tid: number, name: string, parts: readonly Part[], more: Partial<ThreadTimeline> = {}): ThreadTimeline {
  let at = 0;
  const slices = parts.map(([kind, ns, rest]) => ({ startNs: at, endNs: (at += Math.round(ns)), kind, syscall: '', object: '', wokenBy: null, ...rest }));
  return { pid, tid, name, executed: false, onPath: false, slices, ...more };
}

/** The path's pieces sum up by kind and object; the largest first. */
export function ledgerOf(path: readonly PathSegment[], durationNs: number): LedgerEntry[] {
  const sums = new Map<string, LedgerEntry>();
  for (const { kind, object, startNs, endNs } of path) {
    const entry = sums.get(`${kind} ${object}`) ?? { kind, object, ns: 0, share: 0 };
    entry.ns += endNs - startNs;
    entry.share = entry.ns / durationNs;
    sums.set(`${kind} ${object}`, entry);
  }
  return [...sums.values()].sort((a, b) => b.ns - a.ns);
}

type Step = [kind: LedgerKind, share: number, tid: number, object?: string, call?: PathSegment['call']];

function pathOf(steps: readonly Step[], startNs: number, durationNs: number): PathSegment[] {
  let share = 0;
  return steps.map(([kind, part, tid, object, call]) => {
    const from = startNs + Math.round(share * durationNs);
    share += part;
    return { startNs: from, endNs: startNs + Math.round(share * durationNs), kind, tid, object: object ?? '', call: call ?? null };
  });
}

function profileOf(request: RequestSummary, threads: ThreadTimeline[], steps: readonly Step[], verdict: string, missing: string[] = []): Profile {
  const duration = request.durationNs;
  const edge = Math.round(duration * EDGE_SHARE);
  const path = pathOf(steps, edge, duration);
  return {
    requestId: request.id, service: request.service, endpoint: request.endpoint, operation: request.operation, protocol: request.protocol, status: request.status,
    error: request.error, pid: request.pid, reason: request.error === 'none' ? 'slow' : 'failed', start: (BigInt(request.start) - BigInt(edge)).toString(), windowNs: duration + 2 * edge,
    requestStartNs: edge, requestEndNs: edge + duration, requestReadNs: edge, threads,
    stacks: { frames: [], stacks: [], samples: [], pending: false }, logs: [], operations: [], moments: [], calls: [],
    path, ledger: ledgerOf(path, duration), verdict, cause: { name: '', kind: '', object: '', share: 0 }, lookAt: [], usual: null,
    pressure: { throttled: null, throttledNs: null, majorFaults: null }, missing,
  };
}

const ms = (ns: number): string => `${Math.round(ns / 1e6)} ms`;

/** A loop thread that waits for postgres, beside a pool that sleeps. */
function waitsForPeer(request: RequestSummary, calls: readonly RequestSummary[]): Profile {
  const { durationNs: d, pid } = request;
  const longest = calls.reduce<RequestSummary | null>((most, call) => (!most || call.durationNs > most.durationNs ? call : most), null);
  const call = longest && { id: longest.id, service: longest.peerService, protocol: longest.protocol, endpoint: longest.endpoint, startNs: 0.17 * d, endNs: 1.12 * d, tid: pid };
  const edge = d * EDGE_SHARE;
  const main = timeline(pid, pid, 'node', [
    ['idle', edge, { syscall: 'epoll_wait' }], ['running', 0.02 * d], ['network', 0.95 * d, { syscall: 'epoll_wait', object: 'fd 22 127.0.0.1:5490', wokenBy: { pid: 811, tid: 811, name: 'postgres' } }],
    ['run_queue', 0.01 * d, { object: 'postgres (811)' }], ['running', 0.02 * d], ['idle', edge, { syscall: 'epoll_wait' }],
  ], { executed: true, onPath: true });
  const pool = [1, 2, 3, 4].map((i) => timeline(pid, pid + i, `libuv-worker`, [['lock', d * 1.3, { syscall: 'futex', object: '0x7f1ac0021a30' }]]));
  return profileOf(request, [main, ...pool], [
    ['cpu', 0.02, pid], ['peer', 0.95, pid, 'postgres 127.0.0.1:5490', call], ['run_queue', 0.01, pid, 'postgres (811)'], ['cpu', 0.016, pid], ['unexplained', 0.004, pid],
  ], `${request.operation} ${request.endpoint} took ${ms(d)}, usually 14 ms. 95 % of the time it waited for postgres: insert orders * took ${ms(0.95 * d)} on the server.`);
}

/** A pool thread executes it and waits for a lock whose holder burns CPU. */
function waitsForLock(request: RequestSummary): Profile {
  const { durationNs: d, pid } = request;
  const edge = d * EDGE_SHARE;
  const ref = (tid: number, name: string): ThreadRef => ({ pid, tid, name });
  const [acceptor, worker, holder] = [ref(pid + 10, 'http-nio-8'), ref(pid + 21, 'pool-3-t-1'), ref(pid + 24, 'pool-3-t-4')];
  const lock = '0x7f1a4c0029e8';
  const threads = [
    timeline(pid, pid, 'main', [['idle', d * 1.3, { syscall: 'epoll_wait' }]]),
    timeline(pid, acceptor.tid, acceptor.name, [['idle', edge, { syscall: 'epoll_wait' }], ['running', 0.03 * d], ['idle', 1.12 * d, { syscall: 'epoll_wait' }]], { onPath: true }),
    timeline(pid, worker.tid, worker.name, [
      ['idle', edge + 0.03 * d, { syscall: 'futex', wokenBy: acceptor }], ['run_queue', 0.01 * d, { object: holder.name }], ['running', 0.03 * d],
      ['lock', 0.7 * d, { syscall: 'futex', object: lock, wokenBy: holder }], ['running', 0.05 * d], ['file', 0.1 * d, { syscall: 'fsync', object: '/var/lib/shop/journal.log' }],
      ['fault', 0.02 * d], ['running', 0.06 * d], ['sleep', edge, { syscall: 'clock_nanosleep' }],
    ], { executed: true, onPath: true }),
    timeline(pid, holder.tid, holder.name, [
      ['lock', edge, { syscall: 'futex', object: lock }], ['running', 0.5 * d, {}], ['other', 0.01 * d, { syscall: 'madvise' }], ['running', 0.26 * d], ['idle', 0.38 * d, { syscall: 'futex' }],
    ], { onPath: true }),
    ...[22, 23].map((i) => timeline(pid, pid + i, `pool-3-t-${i - 20}`, [['lock', edge + 0.4 * d, { syscall: 'futex', object: lock }], ['running', 0.02 * d], ['idle', 0.73 * d]])),
  ];
  return profileOf(request, threads, [
    ['cpu', 0.03, acceptor.tid], ['run_queue', 0.01, worker.tid, holder.name], ['cpu', 0.03, worker.tid], ['lock', 0.7, holder.tid, `${lock}, held by ${holder.name}`],
    ['cpu', 0.05, worker.tid], ['file', 0.1, worker.tid, '/var/lib/shop/journal.log'], ['fault', 0.02, worker.tid], ['cpu', 0.048, worker.tid], ['unexplained', 0.012, worker.tid],
  ], `${request.operation} ${request.endpoint} took ${ms(d)}. ${ms(0.7 * d)} (70 %) it waited for lock ${lock}, held by thread ${holder.name}, which spent that time on CPU.`, ['The stacks of 2 threads could not be read.']);
}

/** Its event loop was busy with another request, then a neighbour had the CPU. */
function waitsForCpu(request: RequestSummary): Profile {
  const { durationNs: d, pid } = request;
  const edge = d * EDGE_SHARE;
  const slices: Part[] = [['running', edge + 0.4 * d]];
  for (let i = 0; i < 40; i++) slices.push(['run_queue', 0.009 * d, { object: 'backup (812)' }], ['running', 0.005 * d]);
  slices.push(['running', 0.04 * d], ['idle', edge, { syscall: 'epoll_wait' }]);
  const steps: Step[] = [['other_request', 0.4, pid, 'GET /export']];
  for (let i = 0; i < 40; i++) steps.push(['run_queue', 0.009, pid, 'backup (812)'], ['cpu', 0.005, pid]);
  steps.push(['cpu', 0.04, pid]);
  const threads = [timeline(pid, pid, 'node', slices, { executed: true, onPath: true }), ...[1, 2, 3, 4].map((i) => timeline(pid, pid + i, 'libuv-worker', [['lock', d * 1.3, { syscall: 'futex' }]]))];
  return profileOf(request, threads, steps, `It took ${ms(d)}; ${ms(0.4 * d)} passed before the application read the request: its event loop was busy with GET /export. Then ${ms(0.36 * d)} it was ready but got no CPU: backup (pid 812) ran.`);
}

/** As many threads and slices as asked for, of all kinds and very uneven lengths. */
export function hugeProfile(request: RequestSummary, threads: number, slicesEach: number): Profile {
  const kinds: SliceKind[] = ['running', 'run_queue', 'lock', 'network', 'file', 'fault', 'sleep', 'idle', 'other'];
  const windowNs = request.durationNs * (1 + 2 * EDGE_SHARE);
  let state = 11;
  const random = (): number => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  const lanes = Array.from({ length: threads }, (_, i) => {
    const weights = Array.from({ length: slicesEach }, () => random() ** 4 + 0.001);
    const scale = windowNs / weights.reduce((sum, weight) => sum + weight, 0);
    const parts = weights.map((weight): Part => [kinds[Math.floor(random() * kinds.length)], weight * scale, { syscall: 'futex', object: `0x7f00${Math.floor(random() * 1e6).toString(16)}` }]);
    return timeline(request.pid, 10_000 + i, `worker-${i}`, parts, { executed: i === 0, onPath: i < 12 });
  });
  const steps = Array.from({ length: 1_000 }, (_, i): Step => [i % 3 === 0 ? 'lock' : 'cpu', 0.001, 10_000 + (Math.floor(i / 40) % 12)]);
  return profileOf(request, lanes, steps, `It took ${ms(request.durationNs)}.`);
}

/** By request; those of slow requests come with the shop. */
export class FixtureProfiles implements ProfileSource {
  readonly byId = new Map<string, Profile>();

  constructor(records: readonly RequestSummary[]) {
    const slow = records.filter((row) => row.role === 'server' && row.service === 'shop' && row.slow).sort((a, b) => b.durationNs - a.durationNs);
    const ends = (call: RequestSummary): bigint => BigInt(call.start) + BigInt(call.durationNs);
    slow.forEach((row, i) => {
      const calls = records.filter((call) => call.role === 'client' && call.pid === row.pid && BigInt(call.start) >= BigInt(row.start) && ends(call) <= ends(row));
      this.byId.set(row.id, i % 3 === 0 ? waitsForLock(row) : i % 3 === 1 ? waitsForPeer(row, calls) : waitsForCpu(row));
    });
  }

  async get(id: string): Promise<Profile | null> {
    return this.byId.get(id) ?? null;
  }

  async list(limit: number): Promise<ProfileSummary[]> {
    const rows = [...this.byId.values()].map((profile) => ({ ...summaryOf(profile), usualNs: 14e6, lostNs: profile.requestEndNs - profile.requestStartNs - 14e6 }));
    return rows.sort((a, b) => b.lostNs - a.lostNs).slice(0, limit);
  }
}
