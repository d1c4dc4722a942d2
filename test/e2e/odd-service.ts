/** The server of test/kernel/programs/odd.c: what it does in the middle of a request, no decent server does. */
import { startServer, curl, freePort, type Server, type Workspace } from '../servers/index.js';
import { makeServerDirectory } from '../servers/server.js';
import { builtProgram } from '../kernel/programs.js';

export interface OddService { server: Server; ask(path: string): Promise<unknown> }

export async function startOddService(place: Workspace): Promise<OddService> {
  const binary = builtProgram(place, 'odd');
  const port = await freePort();
  const server = await startServer(place, { name: 'odd', port, directory: makeServerDirectory(place, 'odd'), command: [binary, String(port)], probe: 'http' });
  return { server, ask: (path) => curl([`http://127.0.0.1:${port}${path}`]) };
}
