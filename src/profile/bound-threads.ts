/** A profile stays of a size that a page can show and a disk can keep, whatever the process: what matters for the request first. */
import type { ThreadTimeline } from './profile.js';

const MAX_THREADS = 1_000;
const MAX_SLICES = 200_000;

export interface BoundThreads {
  threads: ThreadTimeline[];
  /** '' when nothing was left out. */
  leftOut: string;
}

export interface ThreadBounds { threads: number; slices: number }

/** Those that executed the request or are on its path all; then who ran longest. The order stays. */
export function boundThreads(threads: ThreadTimeline[], bounds: ThreadBounds = { threads: MAX_THREADS, slices: MAX_SLICES }): BoundThreads {
  const total = threads.reduce((sum, { slices }) => sum + slices.length, 0);
  if (threads.length <= bounds.threads && total <= bounds.slices) return { threads, leftOut: '' };
  const needed = ({ executed, onPath }: ThreadTimeline) => Number(executed) * 2 + Number(onPath);
  const byWorth = threads.map((thread) => ({ thread, worth: needed(thread), ranNs: ranNs(thread) })).sort((a, b) => b.worth - a.worth || b.ranNs - a.ranNs);
  const kept = new Set<ThreadTimeline>();
  let slices = 0;
  for (const { thread, worth } of byWorth) {
    slices += thread.slices.length;
    if (worth === 0 && (kept.size >= bounds.threads || slices > bounds.slices)) break;
    kept.add(thread);
  }
  const left = threads.length - kept.size;
  return { threads: threads.filter((thread) => kept.has(thread)), leftOut: left === 0 ? '' : `${left} of ${threads.length} threads, those that ran least.` };
}

function ranNs({ slices }: ThreadTimeline): number {
  return slices.reduce((sum, { kind, startNs, endNs }) => (kind === 'running' ? sum + endNs - startNs : sum), 0);
}
