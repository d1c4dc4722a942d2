/**
 * The command of `run`: started behind a gate, so that its process and cgroup exist before the agent attaches and its first system call
 * is already seen.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { constants as os } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Writable } from 'node:stream';
import { KindlingError } from '../errors/index.js';

/** Waits for a line on descriptor 3, joins the cgroup if there is one, becomes the command. */
const GATE = 'if [ -n "$1" ]; then echo $$ > "$1" || exit 125; fi; shift; read -r _ <&3; exec 3<&-; exec "$@"';

/** Exit status of a shell for a process that a signal ended. */
const SIGNAL_BASE = 128;

export class CommandProcess {
  readonly exited: Promise<number>;
  private readonly child: ChildProcess;

  /** @param cgroup folder of the cgroup to run in, or null */
  constructor(command: readonly string[], cgroup: string | null) {
    checkExecutable(command[0]);
    this.child = spawn('/bin/sh', ['-c', GATE, 'sh', cgroup === null ? '' : join(cgroup, 'cgroup.procs'), ...command], { stdio: ['inherit', 'inherit', 'inherit', 'pipe'] });
    this.exited = new Promise((resolve, reject) => {
      this.child.once('error', reject);
      this.child.once('exit', (code, signal) => resolve(code ?? SIGNAL_BASE + (signal === null ? 0 : os.signals[signal])));
    });
  }

  get pid(): number {
    return this.child.pid!;
  }

  /** Lets the command start. */
  open(): void {
    const gate = this.child.stdio[3] as Writable;
    gate.on('error', () => undefined); // it was killed while it waited
    gate.end('\n');
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }
}

function checkExecutable(command: string): void {
  const candidates = command.includes('/') ? [command] : (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, command));
  const found = candidates.filter((path) => statSync(path, { throwIfNoEntry: false }));
  if (found.length === 0) throw new KindlingError('COMMAND_NOT_FOUND', { command });
  if (found.some(executable)) return;
  throw new KindlingError('COMMAND_NOT_EXECUTABLE', { command, reason: statSync(found[0]).isDirectory() ? 'it is a folder' : 'permission denied' });
}

function executable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
