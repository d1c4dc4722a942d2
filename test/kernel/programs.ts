/** Small C programs that do with sockets what no ordinary client does. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run, type Workspace } from '../servers/index.js';

/** Compiles test/kernel/programs/NAME.c into the workspace; returns the binary's path. */
export async function compile(workspace: Workspace, name: string): Promise<string> {
  const source = fileURLToPath(new URL(`../../../test/kernel/programs/${name}.c`, import.meta.url));
  const binary = join(workspace.directory, name);
  await run(['gcc', '-O1', '-Wall', '-Werror', '-o', binary, source]);
  return binary;
}
