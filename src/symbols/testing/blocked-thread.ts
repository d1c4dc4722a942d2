/** The stack of a thread that is blocked in a system call, without tracing it: the kernel tells where it stands (/proc/PID/task/TID/syscall), and it does not move. */
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { symbolsAddon } from '../addon.js';
import { parseMaps, findMapping } from '../memory-map.js';
import type { StackItem } from '../stack-request.js';

const copiedBytes = 8192;

/** Null while the thread runs. rbp is not known: 0. */
export function blockedStack(pid: number, tid: number): StackItem | null {
  const words = readFileSync(`/proc/${pid}/task/${tid}/syscall`, 'latin1').trim().split(' ');
  if (words.length < 9) return null;
  const [sp, ip] = words.slice(-2).map(BigInt);
  const mapping = findMapping(parseMaps(readFileSync(`/proc/${pid}/maps`, 'utf8')), Number(sp));
  const bytes = mapping ? symbolsAddon().readMemory(pid, sp, Math.min(copiedBytes, mapping.end - Number(sp))) : null;
  if (!bytes) return null;
  return { pid, copy: { ip, sp, bp: 0n, registers: null, bytes, framePointers: new BigUint64Array(0), kernel: new BigUint64Array(0) } };
}

export function threadsOf(pid: number): { tid: number; name: string }[] {
  return readdirSync(`/proc/${pid}/task`).map((tid) => ({ tid: Number(tid), name: readFileSync(`/proc/${pid}/task/${tid}/comm`, 'utf8').trim() }));
}

/** Waits for what a running program does in its own time; fails with `what` after a minute. */
export async function eventually<T>(what: string, look: () => T | null | undefined | false | Promise<T | null | undefined | false>): Promise<T> {
  for (let round = 0; round < 1200; round++) {
    const found = await look();
    if (found) return found;
    await delay(50);
  }
  throw new Error(`still not: ${what}`);
}
