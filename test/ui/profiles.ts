/** Made-up profiles of the shop's slow requests: one that waited for a peer, one for a lock, one for a CPU; and normal ones to compare with. */
import type { CallRef, LogLine, PathSegment, Profile, ProfileSummary, RequestSummary, ThreadRef } from '../../src/server/api.js';
import { summaryOf } from '../../src/profile/profile-summary.js';
import type { ProfileSource } from '../../src/server/queries.js';
import { EDGE_SHARE, ms, profileOf, timeline, type Part, type Step } from './profile-parts.js';
import { StackTable } from './stack-table.js';

const POSTGRES = 811;
const RENDER = 'start_thread < java:Worker.run < java:Report.build';

/** The calls as the process made them, in the profile's clock; the longest as its server saw it too. */
function callsOf(request: RequestSummary, calls: readonly RequestSummary[]): CallRef[] {
  const zero = BigInt(request.start) - BigInt(Math.round(request.durationNs * EDGE_SHARE));
  return calls.map((call) => {
    const startNs = Number(BigInt(call.start) - zero);
    return { id: call.id, service: call.peerService, protocol: call.protocol, endpoint: call.endpoint, startNs, endNs: startNs + call.durationNs, tid: request.pid, peer: call.server, connectNs: call.connectNs, rttNs: 180_000, retransmits: 0 };
  });
}

const logLine = (pid: number, tid: number, ns: number, text: string, more: Partial<LogLine> = {}): LogLine => ({ ns: Math.round(ns), pid, tid, target: 'stdout', text, cut: false, ...more });

/** A loop thread that waits for postgres, beside a pool that sleeps; what postgres did meanwhile is seen too. */
function waitsForPeer(request: RequestSummary, made: readonly RequestSummary[]): Profile {
  const { durationNs: d, pid } = request;
  const edge = d * EDGE_SHARE;
  const at = (share: number): number => Math.round(edge + share * d);
  const calls = callsOf(request, made);
  const longest = calls.reduce<CallRef | null>((most, call) => (!most || call.endNs - call.startNs > most.endNs - most.startNs ? call : most), null);
  if (longest) longest.server = { id: longest.id, pid: POSTGRES, requestTid: POSTGRES, responseTid: POSTGRES, startNs: at(0.03), endNs: at(0.965) };
  const inside: PathSegment[] = [
    { startNs: at(0.03), endNs: at(0.06), kind: 'cpu', tid: POSTGRES, object: '', call: null }, { startNs: at(0.06), endNs: at(0.91), kind: 'lock', tid: POSTGRES, object: 'row lock of orders, held by postgres (814)', call: null },
    { startNs: at(0.91), endNs: at(0.95), kind: 'file', tid: POSTGRES, object: '/var/lib/postgresql/17/main/pg_wal/000000010000000000000001', call: null }, { startNs: at(0.95), endNs: at(0.965), kind: 'cpu', tid: POSTGRES, object: '', call: null },
  ];
  const table = new StackTable();
  table.run(pid, pid, edge, at(0.02), [{ text: 'main < node::Start < uv_run < i:InterpreterEntryTrampoline < js:handleCheckout < js:JSON.parse', share: 0.6 }, { text: 'main < node::Start < uv_run < js:emit', share: 0.4 }]);
  table.run(pid, pid, at(0.98), at(1), [{ text: 'main < node::Start < uv_run < js:handleCheckout < js:render', share: 1 }]);
  table.run(POSTGRES, POSTGRES, at(0.03), at(0.06), [{ text: 'main < PostmasterMain < PostgresMain < exec_simple_query < ExecInsert', share: 1 }]);
  const blocked = table.stack('main < PostgresMain < exec_simple_query < ExecInsert < heap_update < XactLockTableWait < ProcSleep < k:do_epoll_wait');
  const main = timeline(pid, pid, 'node', [
    ['idle', edge, { syscall: 'epoll_wait' }], ['running', 0.02 * d], ['network', 0.95 * d, { syscall: 'epoll_wait', object: 'fd 22 127.0.0.1:5490', wokenBy: { pid: POSTGRES, tid: POSTGRES, name: 'postgres' }, result: 1, stack: table.stack('main < node::Start < uv_run < uv__io_poll < k:do_epoll_wait') }],
    ['run_queue', 0.01 * d, { object: 'postgres (811)' }], ['running', 0.02 * d], ['idle', edge, { syscall: 'epoll_wait' }],
  ], { executed: true, onPath: true });
  const backend = timeline(POSTGRES, POSTGRES, 'postgres', [
    ['idle', edge + 0.03 * d, { syscall: 'epoll_wait', wokenBy: { pid, tid: pid, name: 'node' } }], ['running', 0.03 * d], ['lock', 0.85 * d, { syscall: 'semop', object: 'row lock of orders', wokenBy: { pid: 814, tid: 814, name: 'postgres' }, stack: blocked }],
    ['file', 0.04 * d, { syscall: 'fdatasync', object: '/var/lib/postgresql/17/main/pg_wal/000000010000000000000001', result: 0 }], ['running', 0.015 * d], ['idle', 0.035 * d + edge, { syscall: 'epoll_wait' }],
  ], { onPath: true });
  const writer = timeline(POSTGRES + 3, 814, 'postgres', [['running', edge + 0.1 * d], ['sleep', 0.8 * d, { syscall: 'clock_nanosleep' }], ['running', 0.01 * d], ['idle', 0.24 * d + edge]]);
  const pool = [1, 2, 3, 4].map((i) => timeline(pid, pid + i, `libuv-worker`, [['lock', d * 1.3, { syscall: 'futex', object: '0x7f1ac0021a30' }]]));
  return profileOf(request, [main, ...pool, backend, writer], [
    ['cpu', 0.02, pid], ['peer', 0.95, pid, 'postgres 127.0.0.1:5490', { call: longest, inside }], ['run_queue', 0.01, pid, 'postgres (811)'], ['cpu', 0.016, pid], ['unexplained', 0.004, pid],
  ], {
    verdict: `${request.operation} ${request.endpoint} took ${ms(d)}, usually 14 ms. 95 % of the time it waited for postgres: insert orders * took ${ms(0.95 * d)} on the server. The network is fine (RTT 0.18 ms, no retransmits).`,
    stacks: table.done(), calls, lookAt: [...(longest ? [{ label: 'the insert that took so long', requestId: longest.id }] : []), { label: 'the backend that waited for the row lock', tid: POSTGRES, ns: at(0.5) }],
    logs: [logLine(pid, pid, at(0.015), '{"level":30,"msg":"checkout started","customer":4711}'), logLine(pid, pid, at(0.99), '{"level":40,"msg":"slow insert","ms":' + Math.round(d * 0.95e-6) + '}', { target: 'stderr' })],
    operations: [
      { startNs: at(0.91), endNs: at(0.95), pid: POSTGRES, tid: POSTGRES, kind: 'file', syscall: 'fdatasync', object: '/var/lib/postgresql/17/main/pg_wal/000000010000000000000001', result: 0 },
      { startNs: at(0.03), endNs: at(0.965), pid, tid: pid, kind: 'network', syscall: 'read', object: '127.0.0.1:5490', result: 23 },
      { startNs: at(0.005), endNs: at(0.006), pid, tid: pid, kind: 'network', syscall: 'read', object: '127.0.0.1:6390', result: 412 },
    ],
    moments: [{ ns: at(0), kind: 'read', pid, tid: pid, text: '' }, { ns: at(0.99), kind: 'first_byte', pid, tid: pid, text: '' }, { ns: at(0.4), kind: 'retransmit', pid, tid: pid, text: '127.0.0.1:5490' }],
  });
}

/** A pool thread executes it and waits for a lock whose holder burns CPU. */
function waitsForLock(request: RequestSummary): Profile {
  const { durationNs: d, pid } = request;
  const edge = d * EDGE_SHARE;
  const at = (share: number): number => Math.round(edge + share * d);
  const ref = (tid: number, name: string): ThreadRef => ({ pid, tid, name });
  const [acceptor, worker, holder] = [ref(pid + 10, 'http-nio-8'), ref(pid + 21, 'pool-3-t-1'), ref(pid + 24, 'pool-3-t-4')];
  const lock = '0x7f1a4c0029e8';
  const table = new StackTable();
  const burn = [
    { text: `${RENDER} < java:Report.render < java:StringBuilder.append < memcpy_inl`, share: 0.45 }, { text: `${RENDER} < java:Report.render < java:HashMap.resize`, share: 0.25 },
    { text: `${RENDER} < java:Report.sort < java:TimSort.mergeHi`, share: 0.16 }, { text: `${RENDER} < k:asm_exc_page_fault < k:handle_mm_fault`, share: 0.06 }, { text: 'libjvm.so+0x7a3210 < libc.so.6+0x91f20', share: 0.08, truncated: 'no unwind information for libjvm.so' },
  ];
  table.run(pid, holder.tid, edge, at(0.76), burn);
  table.run(pid, worker.tid, at(0.04), at(0.07), [{ text: 'start_thread < java:Worker.run < java:Report.open', share: 1 }]);
  table.run(pid, worker.tid, at(0.77), at(0.82), burn);
  table.run(pid, worker.tid, at(0.94), at(1), burn);
  const waiting = table.stack(`${RENDER} < java:ReentrantLock.lock < java:Unsafe.park < pthread_cond_wait < k:futex_wait`);
  const threads = [
    timeline(pid, pid, 'main', [['idle', d * 1.3, { syscall: 'epoll_wait' }]]),
    timeline(pid, acceptor.tid, acceptor.name, [['idle', edge, { syscall: 'epoll_wait' }], ['running', 0.03 * d], ['idle', 1.12 * d, { syscall: 'epoll_wait' }]], { onPath: true }),
    timeline(pid, worker.tid, worker.name, [
      ['idle', edge + 0.03 * d, { syscall: 'futex', wokenBy: acceptor }], ['run_queue', 0.01 * d, { object: holder.name }], ['running', 0.03 * d],
      ['lock', 0.7 * d, { syscall: 'futex', object: lock, wokenBy: holder, stack: waiting, result: 0 }], ['running', 0.05 * d],
      ['file', 0.1 * d, { syscall: 'fsync', object: '/var/lib/shop/journal.log', result: 0, stack: table.stack(`${RENDER} < java:Journal.sync < fsync < k:ext4_sync_file`) }],
      ['fault', 0.02 * d], ['running', 0.06 * d], ['sleep', edge, { syscall: 'clock_nanosleep' }],
    ], { executed: true, onPath: true }),
    timeline(pid, holder.tid, holder.name, [
      ['lock', edge, { syscall: 'futex', object: lock }], ['running', 0.5 * d, {}], ['other', 0.01 * d, { syscall: 'madvise' }], ['running', 0.26 * d], ['idle', 0.38 * d, { syscall: 'futex' }],
    ], { onPath: true }),
    ...[22, 23].map((i) => timeline(pid, pid + i, `pool-3-t-${i - 20}`, [['lock', edge + 0.4 * d, { syscall: 'futex', object: lock, stack: waiting }], ['running', 0.02 * d], ['idle', 0.73 * d]])),
  ];
  return profileOf(request, threads, [
    ['cpu', 0.03, acceptor.tid], ['run_queue', 0.01, worker.tid, holder.name], ['cpu', 0.03, worker.tid], ['lock', 0.7, holder.tid, `${lock}, held by ${holder.name}`],
    ['cpu', 0.05, worker.tid], ['file', 0.1, worker.tid, '/var/lib/shop/journal.log'], ['fault', 0.02, worker.tid], ['cpu', 0.048, worker.tid], ['unexplained', 0.012, worker.tid],
  ], {
    verdict: `${request.operation} ${request.endpoint} took ${ms(d)}, usually 14 ms. ${ms(0.7 * d)} (70 %) it waited for lock ${lock}, held by thread ${holder.name}, which spent that time on CPU, mostly in Report.render.`,
    missing: ['The stacks of 2 threads could not be read.'], stacks: table.done(),
    lookAt: [{ label: 'what the holder did', tid: holder.tid, ns: at(0.3) }],
    logs: [
      logLine(pid, acceptor.tid, at(0.01), 'INFO  GET /report accepted'), logLine(pid, worker.tid, at(0.05), 'INFO  report 88 opened'), logLine(pid, holder.tid, at(0.3), 'WARN  report 87 has 1,200,000 rows'),
      logLine(pid, worker.tid, at(0.81), 'DEBUG journal: sync'), logLine(pid, worker.tid, at(0.98), 'INFO  report 88 done', { target: '/var/log/shop/app.log' }),
    ],
    operations: [
      { startNs: at(0.82), endNs: at(0.92), pid, tid: worker.tid, kind: 'file', syscall: 'fsync', object: '/var/lib/shop/journal.log', result: 0 },
      { startNs: at(0.815), endNs: at(0.82), pid, tid: worker.tid, kind: 'file', syscall: 'write', object: '/var/lib/shop/journal.log', result: 81_920 },
      { startNs: at(0.07), endNs: at(0.071), pid, tid: worker.tid, kind: 'file', syscall: 'openat', object: '/srv/shop/templates/missing.html', result: -2 },
    ],
    moments: [{ ns: at(0.02), kind: 'read', pid, tid: acceptor.tid, text: '' }, { ns: at(0.99), kind: 'first_byte', pid, tid: worker.tid, text: '' }, { ns: at(0.5), kind: 'gc', pid, tid: holder.tid, text: 'G1 young, 6 ms' }],
  });
}

/** Its event loop was busy with another request, then a neighbour had the CPU and its container was held back. */
function waitsForCpu(request: RequestSummary): Profile {
  const { durationNs: d, pid } = request;
  const edge = d * EDGE_SHARE;
  const slices: Part[] = [['running', edge + 0.4 * d]];
  const table = new StackTable();
  const loop = 'main < node::Start < uv_run';
  table.run(pid, pid, 0, edge + 0.4 * d, [{ text: `${loop} < js:handleExport < js:JSON.stringify`, share: 0.8 }, { text: `${loop} < js:handleExport < js:Array.map < js:toRow`, share: 0.2 }]);
  for (let i = 0; i < 40; i++) slices.push(['run_queue', 0.009 * d, { object: 'backup (812)' }], ['running', 0.005 * d]);
  slices.push(['running', 0.04 * d], ['idle', edge, { syscall: 'epoll_wait' }]);
  const steps: Step[] = [['other_request', 0.4, pid, 'GET /export']];
  for (let i = 0; i < 40; i++) {
    steps.push([i % 4 === 3 ? 'throttled' : 'run_queue', 0.009, pid, i % 4 === 3 ? '' : 'backup (812)'], ['cpu', 0.005, pid]);
    table.run(pid, pid, edge + (0.4 + i * 0.014 + 0.009) * d, edge + (0.4 + i * 0.014 + 0.014) * d, [{ text: `${loop} < js:handleProducts < js:render`, share: 1 }]);
  }
  steps.push(['cpu', 0.04, pid]);
  table.pending = true;
  const threads = [timeline(pid, pid, 'node', slices, { executed: true, onPath: true }), ...[1, 2, 3, 4].map((i) => timeline(pid, pid + i, 'libuv-worker', [['lock', d * 1.3, { syscall: 'futex' }]]))];
  return profileOf(request, threads, steps, {
    verdict: `It took ${ms(d)}; ${ms(0.4 * d)} passed before the application read the request: its event loop was busy with GET /export. Then ${ms(0.27 * d)} it was ready but got no CPU: backup (pid 812) ran.`,
    stacks: table.done(), requestReadNs: edge + 0.4 * d, reason: 'slower_than_usual', pressure: { throttled: 12, throttledNs: Math.round(0.09 * d), majorFaults: 0 },
    moments: [{ ns: edge + 0.4 * d, kind: 'read', pid, tid: pid, text: '' }, { ns: edge + 0.62 * d, kind: 'throttled', pid, tid: pid, text: '12 times, 90 ms in all' }],
  });
}

/** One of the many that went well. */
function usualOne(request: RequestSummary, made: readonly RequestSummary[]): Profile {
  const { durationNs: d, pid } = request;
  const edge = d * EDGE_SHARE;
  const table = new StackTable();
  table.run(pid, pid, edge, edge + 0.3 * d, [{ text: `${RENDER} < java:Report.render < java:StringBuilder.append`, share: 0.5 }, { text: 'main < node::Start < uv_run < js:handleCheckout < js:render', share: 0.5 }], d / 60);
  const main = timeline(pid, pid, 'node', [
    ['idle', edge, { syscall: 'epoll_wait' }], ['running', 0.3 * d], ['network', 0.6 * d, { syscall: 'epoll_wait', object: 'fd 22 127.0.0.1:5490' }], ['running', 0.1 * d], ['idle', edge, { syscall: 'epoll_wait' }],
  ], { executed: true, onPath: true });
  return profileOf(request, [main], [['cpu', 0.3, pid], ['peer', 0.6, pid, 'postgres 127.0.0.1:5490'], ['cpu', 0.09, pid], ['unexplained', 0.01, pid]], {
    verdict: `${request.operation} ${request.endpoint} took ${ms(d)}, which is usual for it.`, reason: 'sampled', stacks: table.done(), calls: callsOf(request, made),
  });
}

/** By request; those of slow requests come with the shop. */
export class FixtureProfiles implements ProfileSource {
  readonly byId = new Map<string, Profile>();

  constructor(records: readonly RequestSummary[]) {
    const served = records.filter((row) => row.role === 'server' && row.service === 'shop');
    const slow = served.filter((row) => row.slow).sort((a, b) => b.durationNs - a.durationNs);
    const ends = (call: RequestSummary): bigint => BigInt(call.start) + BigInt(call.durationNs);
    const callsDuring = (row: RequestSummary): RequestSummary[] => records.filter((call) => call.role === 'client' && call.pid === row.pid && BigInt(call.start) >= BigInt(row.start) && ends(call) <= ends(row));
    slow.forEach((row, i) => {
      const profile = i % 3 === 0 ? waitsForLock(row) : i % 3 === 1 ? waitsForPeer(row, callsDuring(row)) : waitsForCpu(row);
      const usual = served.find((one) => one.endpoint === row.endpoint && !one.slow && one.error === 'none');
      if (usual && profile.usual) {
        this.byId.set(usual.id, usualOne(usual, callsDuring(usual)));
        profile.usual.requestId = usual.id;
      }
      this.byId.set(row.id, profile);
    });
  }

  async get(id: string): Promise<Profile | null> {
    return this.byId.get(id) ?? null;
  }

  async list(limit: number): Promise<ProfileSummary[]> {
    const rows = [...this.byId.values()].map(summaryOf);
    return rows.sort((a, b) => b.lostNs - a.lostNs).slice(0, limit);
  }
}
