/** The processes below some roots, as /proc shows them now; the kernel side follows forks from there on. */
import { readFileSync, readdirSync } from 'node:fs';
import { KindlingError } from '../errors/index.js';

export interface TreeScope {
  pids: readonly number[];
  /** The roots were followed until now, so one that is gone has ended; else it was never there. */
  followed?: boolean;
}

/** Throws PROCESS_NOT_FOUND when a root that was not followed is gone. */
export function processTree({ pids: roots, followed = false }: TreeScope): number[] {
  const children = new Map<number, number[]>();
  const alive = new Set<number>();
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid)) continue;
    const parent = parentOf(pid);
    if (parent === undefined) continue;
    alive.add(pid);
    const siblings = children.get(parent);
    if (siblings) siblings.push(pid);
    else children.set(parent, [pid]);
  }
  const found = new Set<number>();
  const open = [...roots];
  if (!followed) for (const root of roots) if (!alive.has(root)) throw new KindlingError('PROCESS_NOT_FOUND', { pid: root });
  for (let pid = open.pop(); pid !== undefined; pid = open.pop()) {
    if (found.has(pid) || !alive.has(pid)) continue;
    found.add(pid);
    open.push(...(children.get(pid) ?? []));
  }
  return [...found];
}

function parentOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name stands in parentheses and may hold anything, also parentheses.
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined; // it ended between the listing and the look
  }
}
