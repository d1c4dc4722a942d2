/** As many threads, slices and samples as asked for, of all kinds and very uneven lengths. */
import type { Profile, RequestSummary, SliceKind } from '../../src/server/api.js';
import { EDGE_SHARE, ms, profileOf, timeline, type Part, type Step } from './profile-parts.js';
import { randomFrom } from './shop.js';
import { StackTable } from './stack-table.js';

const KINDS: SliceKind[] = ['running', 'run_queue', 'lock', 'network', 'file', 'fault', 'sleep', 'idle', 'other'];
const DEPTH = 40;

export function hugeProfile(request: RequestSummary, threads: number, slicesEach: number, samples = 0): Profile {
  const windowNs = request.durationNs * (1 + 2 * EDGE_SHARE);
  const random = randomFrom(11);
  const lanes = Array.from({ length: threads }, (_, i) => {
    const weights = Array.from({ length: slicesEach }, () => random() ** 4 + 0.001);
    const scale = windowNs / weights.reduce((sum, weight) => sum + weight, 0);
    const parts = weights.map((weight): Part => [KINDS[Math.floor(random() * KINDS.length)], weight * scale, { syscall: 'futex', object: `0x7f00${Math.floor(random() * 1e6).toString(16)}` }]);
    return timeline(request.pid, 10_000 + i, `worker-${i}`, parts, { executed: i === 0, onPath: i < 12 });
  });
  const table = new StackTable();
  for (let i = 0; i < samples; i++) {
    const depth = 8 + Math.floor(random() * DEPTH);
    const names = Array.from({ length: depth }, (_, level) => `fn_${level}_${Math.floor(random() ** 3 * (1 + level / 6))}`);
    table.samples.push({ ns: Math.floor(random() * windowNs), pid: request.pid, tid: 10_000 + Math.floor(random() ** 2 * threads), stack: table.stack(names.join(' < ')), weightNs: 1e6 });
  }
  const steps = Array.from({ length: 1_000 }, (_, i): Step => [i % 3 === 0 ? 'lock' : 'cpu', 0.001, 10_000 + (Math.floor(i / 40) % 12)]);
  const logs = Array.from({ length: samples > 0 ? 5_000 : 0 }, (_, i) => ({ ns: Math.floor((i / 5_000) * windowNs), pid: request.pid, tid: 10_000 + (i % threads), target: 'stdout', text: `line ${i} of the log`, cut: false }));
  return profileOf(request, lanes, steps, { verdict: `It took ${ms(request.durationNs)}.`, stacks: table.done(), logs });
}
