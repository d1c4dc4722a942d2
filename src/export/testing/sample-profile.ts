/** A profile with one of everything, and what a traced program may put into it. */
import type { CallRef, Profile, SliceKind, ThreadTimeline } from '../../profile/profile.js';

export const HOSTILE = '</script><img src=x onerror=alert(1)>\u2028\u202e$& $1 `"\'\\\u0000\ud800 <!--';

const call: CallRef = { id: '00000000000000c1', service: 'postgres', protocol: 'postgres', endpoint: 'select orders *', startNs: 30e6, endNs: 70e6, tid: 11, peer: '127.0.0.1:5432' };

/** @param text stands wherever a name of the traced program's may */
export function sampleProfile(text = 'x'): Profile {
  return {
    requestId: '00000000000000aa', service: `shop ${text}`, endpoint: `/checkout/${text}`, operation: 'POST', protocol: 'http', status: '200', error: 'none', pid: 10,
    reason: 'slow', start: '1764155000123456789', windowNs: 120e6, requestStartNs: 20e6, requestEndNs: 100e6, requestReadNs: 20e6,
    threads: threads(text), stacks: {
      frames: [
        { name: `render ${text}`, kind: 'native', module: 'shop', file: `/src/${text}.cc`, line: 42, inlined: true },
        { name: 'handle', kind: 'native', module: 'shop', file: '/src/handle.cc', line: 7, inlined: false },
        { name: 'main', kind: 'native', module: 'shop', file: '', line: 0, inlined: false },
        { name: 'futex_wait', kind: 'kernel', module: '[kernel]', file: '', line: 0, inlined: false },
      ],
      stacks: [{ frames: [0, 1, 2], truncated: '' }, { frames: [3, 1], truncated: 'no unwind information' }],
      samples: [{ ns: 72e6, pid: 10, tid: 11, stack: 0, weightNs: 10e6 }, { ns: 82e6, pid: 10, tid: 11, stack: 0, weightNs: 10e6 }], pending: false,
    },
    logs: [{ ns: 71e6, pid: 10, tid: 11, target: 'stderr', text: `slow: ${text}`, cut: false }], operations: [],
    moments: [{ ns: 20e6, kind: 'read', pid: 10, tid: 11, text: '' }], calls: [call],
    path: [
      { startNs: 20e6, endNs: 30e6, kind: 'lock', tid: 12, object: `0x7f00 ${text}`, call: null },
      { startNs: 30e6, endNs: 70e6, kind: 'peer', tid: 11, object: 'postgres 127.0.0.1:5432', call },
      { startNs: 70e6, endNs: 100e6, kind: 'cpu', tid: 11, object: '', call: null },
    ],
    ledger: [
      { kind: 'peer', object: 'postgres 127.0.0.1:5432', ns: 40e6, share: 0.5 }, { kind: 'cpu', object: '', ns: 30e6, share: 0.375 },
      { kind: 'lock', object: `0x7f00 ${text}`, ns: 10e6, share: 0.125 },
    ],
    verdict: `It waited for postgres. ${text}`, cause: { name: 'peer', kind: 'peer', object: 'postgres', share: 0.5 }, lookAt: [], usual: null,
    pressure: { throttled: null, throttledNs: null, majorFaults: null }, missing: [],
  };
}

function threads(text: string): ThreadTimeline[] {
  const slice = (startMs: number, endMs: number, kind: SliceKind, more: object = {}) => ({ startNs: startMs * 1e6, endNs: endMs * 1e6, kind, syscall: '', object: '', wokenBy: null, ...more });
  return [
    {
      pid: 10, tid: 11, name: `worker ${text}`, executed: true, onPath: true,
      slices: [
        slice(0, 20, 'idle', { syscall: 'epoll_wait' }), slice(20, 30, 'lock', { syscall: 'futex', object: '0x7f00', stack: 1, wokenBy: { pid: 10, tid: 12, name: `pool ${text}` } }),
        slice(30, 70, 'network', { syscall: 'recvfrom', object: '127.0.0.1:5432', result: 512 }), slice(70, 100, 'running'), slice(100, 120, 'run_queue', { object: `backup ${text}` }),
      ],
    },
    { pid: 10, tid: 12, name: `pool ${text}`, executed: false, onPath: true, slices: [slice(0, 30, 'running'), slice(30, 120, 'idle', { syscall: 'futex' })] },
  ];
}

/** A profile of which nothing but the request is known. */
export function emptyProfile(): Profile {
  return { ...sampleProfile(), threads: [], stacks: { frames: [], stacks: [], samples: [], pending: false }, logs: [], moments: [], calls: [], path: [], ledger: [], missing: ['Everything is older than what the recorder remembered.'] };
}

/** @param slices in all, over 200 threads */
export function largeProfile(slices: number): Profile {
  const each = slices / 200;
  const kinds: SliceKind[] = ['running', 'run_queue', 'lock', 'network', 'file', 'idle'];
  const profile = sampleProfile();
  return {
    ...profile, windowNs: each * 1_000,
    threads: Array.from({ length: 200 }, (_, t) => ({
      pid: 10, tid: 1_000 + t, name: `worker-${t}`, executed: t === 0, onPath: t < 5,
      slices: Array.from({ length: each }, (_, i) => ({
        startNs: i * 1_000, endNs: (i + 1) * 1_000, kind: kinds[(i + t) % 6], syscall: 'futex', object: `0x${((i * 7919) % 5_000).toString(16)}`, wokenBy: null,
      })),
    })),
  };
}
