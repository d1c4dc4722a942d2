/** What made-up profiles are put together from. */
import type { LedgerEntry, LedgerKind, PathSegment, Profile, RequestSummary, Slice, SliceKind, ThreadTimeline } from '../../src/server/api.js';

export type Part = [kind: SliceKind, ns: number, more?: Partial<Slice>];
export type Step = [kind: LedgerKind, share: number, tid: number, object?: string, more?: Partial<PathSegment>];

export const EDGE_SHARE = 0.15;
const USUAL_NS = 14e6;

export function timeline(pid: number, tid: number, name: string, parts: readonly Part[], more: Partial<ThreadTimeline> = {}): ThreadTimeline {
  let at = 0;
  const slices = parts.map(([kind, ns, rest]) => ({ startNs: at, endNs: (at += Math.round(ns)), kind, syscall: '', object: '', wokenBy: null, ...rest }));
  return { pid, tid, name, executed: false, onPath: false, slices, ...more };
}

/** The path's pieces sum up by kind and object; the largest first. */
export function ledgerOf(path: readonly PathSegment[], durationNs: number): LedgerEntry[] {
  const sums = new Map<string, LedgerEntry>();
  const inside = new Map<string, PathSegment[]>();
  for (const segment of path) {
    const key = `${segment.kind} ${segment.object}`;
    const entry = sums.get(key) ?? { kind: segment.kind, object: segment.object, ns: 0, share: 0 };
    entry.ns += segment.endNs - segment.startNs;
    entry.share = entry.ns / durationNs;
    sums.set(key, entry);
    if (segment.inside) inside.set(key, [...(inside.get(key) ?? []), ...segment.inside]);
  }
  for (const [key, segments] of inside) sums.get(key)!.inside = ledgerOf(segments, durationNs);
  return [...sums.values()].sort((a, b) => b.ns - a.ns);
}

export function pathOf(steps: readonly Step[], startNs: number, durationNs: number): PathSegment[] {
  let share = 0;
  return steps.map(([kind, part, tid, object, more]) => {
    const from = startNs + Math.round(share * durationNs);
    share += part;
    return { startNs: from, endNs: startNs + Math.round(share * durationNs), kind, tid, object: object ?? '', call: null, ...more };
  });
}

export function profileOf(request: RequestSummary, threads: ThreadTimeline[], steps: readonly Step[], more: Partial<Profile>): Profile {
  const duration = request.durationNs;
  const edge = Math.round(duration * EDGE_SHARE);
  const path = pathOf(steps, edge, duration);
  const ledger = ledgerOf(path, duration);
  return {
    requestId: request.id, service: request.service, endpoint: request.endpoint, operation: request.operation, protocol: request.protocol, status: request.status,
    error: request.error, pid: request.pid, reason: request.error === 'none' ? 'slow' : 'failed', start: (BigInt(request.start) - BigInt(edge)).toString(), windowNs: duration + 2 * edge,
    requestStartNs: edge, requestEndNs: edge + duration, requestReadNs: edge, threads,
    stacks: { frames: [], stacks: [], samples: [], pending: false }, logs: [], operations: [], moments: [], calls: [],
    path, ledger, verdict: '', cause: { name: ledger[0]?.kind ?? 'nothing', kind: ledger[0]?.kind ?? 'unexplained', object: ledger[0]?.object ?? '', share: ledger[0]?.share ?? 0 }, lookAt: [],
    usual: {
      durationNs: USUAL_NS, count: 412, requestId: '',
      ledger: [{ kind: 'peer', object: 'postgres 127.0.0.1:5490', ns: 8.4e6, share: 0.6 }, { kind: 'cpu', object: '', ns: 4.2e6, share: 0.3 }, { kind: 'lock', object: '', ns: 1e6, share: 0.07 }, { kind: 'unexplained', object: '', ns: 0.4e6, share: 0.03 }],
    },
    pressure: { throttled: null, throttledNs: null, majorFaults: null }, missing: [], ...more,
  };
}

export const ms = (ns: number): string => `${Math.round(ns / 1e6)} ms`;
