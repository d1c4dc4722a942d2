/** Small C programs that do with sockets what no ordinary client does. */
import type { ChildProcess } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launch, type Place, type Workspace } from '../servers/index.js';

/** A copy of test/kernel/programs/NAME.c as built, in the workspace, where every user may execute it; returns its path. */
export function builtProgram(workspace: Workspace, name: string): string {
  const binary = join(workspace.directory, name);
  copyFileSync(fileURLToPath(new URL(`programs/${name}`, import.meta.url)), binary);
  return binary;
}

/** A server of `peer` (see programs/peer.c) in its own process, listening when this resolves. */
export async function listen(
  binary: string, address: string, port: number | string, steps: string[], place: Place, mode: 'listen' | 'hold' = 'listen',
): Promise<ChildProcess> {
  const child = launch([binary, mode, address, String(port), ...steps], { ...place, stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise<void>((resolve, reject) => {
    child.stdout!.once('data', () => resolve());
    child.once('exit', (code) => reject(new Error(`the listener on ${address} ${port} ended with ${code}`)));
  });
  return child;
}

/** Ends a program that `launch` or `listen` started, at once, and waits until it has gone. */
export async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => { child.once('exit', resolve); });
  child.kill('SIGKILL');
  await gone;
}
