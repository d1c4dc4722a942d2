/** Names of what a run leaves on the machine carry their owner, so that the next run can tell rubbish from neighbours. */
import { readFileSync } from 'node:fs';

/** `PID-STARTTICKS`: a process id alone is reused. */
export function ownerTag(): string {
  return `${process.pid}-${startTicks(process.pid)}`;
}

const pattern = /^kindling-[a-z0-9]+-(\d+)-(\d+)-/;

/** True for names of ours whose owner does not run any more; false for everything else. */
export function isAbandoned(name: string): boolean {
  const match = pattern.exec(name);
  return match !== null && startTicks(Number(match[1])) !== match[2];
}

/** Start time of a process in clock ticks since boot, '' when it does not exist (proc(5), field 22 of stat). */
function startTicks(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return '';
  }
}
