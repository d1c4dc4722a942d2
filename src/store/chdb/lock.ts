/**
 * Our own lock on a store directory. The engine has one too, but says nothing useful when it is taken; this one names the
 * process. A lock whose process is gone (or whose pid now belongs to another) is taken over.
 */
import { linkSync, readFileSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StoreError } from '../errors.js';

interface Holder {
  pid: number;
  parentPid: number;
  /** Clock ticks after boot when the process started: tells a reused pid from the holder. */
  started: string;
  since: string;
}

const WAIT_FOR_ORPHAN_MS = 5_000;
/** A killed agent takes a moment to be gone; one that lives is there after it too. */
const WAIT_FOR_AGENT_MS = 1_000;

/** Field 22 of /proc/PID/stat; '' when the process is gone or a zombie. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? '' : fields[19];
  } catch {
    return '';
  }
}

function read(path: string): Holder | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Holder;
  } catch {
    return null;
  }
}

/** With its content from the first moment on: whoever finds it may rely on what it says. */
function create(path: string): boolean {
  const draft = `${path}.${process.pid}`;
  const holder: Holder = { pid: process.pid, parentPid: process.ppid, started: startOf(process.pid), since: new Date().toISOString() };
  writeFileSync(draft, JSON.stringify(holder), { mode: 0o600 });
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    unlinkSync(draft);
  }
}

/** Takes a left lock away, unless another was quicker and holds a new one by now. */
function removeLeft(path: string, left: Holder | null): void {
  const aside = `${path}.${process.pid}.left`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  const taken = read(aside);
  if (taken !== null && (taken.pid !== left?.pid || taken.started !== left.started)) renameSync(aside, path);
  else unlinkSync(aside);
}

/** Resolves to the function that gives the lock back; throws `store_locked`. */
export async function acquireLock(directory: string): Promise<() => void> {
  const path = join(directory, 'kindling.lock');
  const began = Date.now();
  while (!create(path)) {
    const holder = read(path);
    if (holder === null || startOf(holder.pid) !== holder.started) {
      removeLeft(path, holder);
      continue;
    }
    // An engine whose agent was killed ends by itself within moments.
    const orphan = startOf(holder.parentPid) === '';
    if (Date.now() - began > (orphan ? WAIT_FOR_ORPHAN_MS : WAIT_FOR_AGENT_MS)) throw lockedError(directory, holder);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return () => rmSync(path, { force: true });
}

function lockedError(directory: string, holder: Holder): StoreError {
  return new StoreError(
    'store_locked',
    `The store in ${directory} is in use by process ${holder.parentPid} (engine ${holder.pid}) since ${holder.since}.`,
    'Stop that agent first, or give this one another directory with --store-directory.',
  );
}
