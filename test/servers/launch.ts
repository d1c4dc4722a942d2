/** Starts a program where we want it: in a cgroup before its first instruction, in a network namespace, as another user. */
import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import type { Cgroup } from './cgroup.js';
import type { ServerUser } from './user.js';

export interface Place {
  cgroup?: Cgroup | null;
  /** Name of a namespace made with `ip netns add`. */
  netns?: string | null;
}

export interface LaunchOptions extends Place {
  user?: ServerUser | null;
  cwd?: string;
  env?: Record<string, string>;
  stdio?: StdioOptions;
  /** In a session of its own: Ctrl-C in the terminal reaches only us, who then end it in order. */
  detached?: boolean;
}

/** The command line that does it. Each layer execs the next, so the process id stays that of the program itself. */
export function commandLine(command: string[], options: LaunchOptions): string[] {
  let line = command;
  const user = options.user;
  if (user && user.uid !== process.getuid?.()) {
    line = ['setpriv', `--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups', ...line];
  }
  // Not `ip netns exec`: it mounts a new /sys, which hides the cgroups.
  if (options.netns) line = ['nsenter', `--net=/run/netns/${options.netns}`, ...line];
  if (options.cgroup) line = ['/bin/sh', '-c', 'echo $$ >"$0" && exec "$@"', `${options.cgroup.path}/cgroup.procs`, ...line];
  return line;
}

export function launch(command: string[], options: LaunchOptions): ChildProcess {
  const [file, ...args] = commandLine(command, options);
  return spawn(file, args, {
    cwd: options.cwd,
    detached: options.detached ?? false,
    env: { PATH: `${process.env.PATH ?? '/usr/bin:/bin'}:/usr/sbin:/sbin`, LC_ALL: 'C.UTF-8', TZ: 'UTC', ...options.env },
    stdio: options.stdio ?? ['ignore', 'pipe', 'pipe'],
  });
}
