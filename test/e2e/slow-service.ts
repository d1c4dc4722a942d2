/** A program that is really slow, and what an agent says of it: for the tests of profiling. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProfileSummary } from '../../src/server/api.js';
import { curl, startNodeService, type Server, type Workspace } from '../servers/index.js';
import { Kindling, type Agent, type KindlingResult } from './kindling.js';

/** `/busy` has the CPU for 700 ms in a named function, `/wait` waits for a timer, anything else is quick. */
const SCRIPT = `
const { createServer } = require('node:http');
function burnTheCpu() { let sum = 0; for (const end = Date.now() + 700; Date.now() < end;) sum += Math.sqrt(sum + 1); return sum; }
createServer((request, response) => {
  if (request.url.startsWith('/busy')) { burnTheCpu(); console.error('busy is done'); response.end('busy'); }
  else if (request.url.startsWith('/wait')) setTimeout(() => response.end('waited'), 700);
  else response.end('quick');
}).listen(Number(process.env.PORT), '127.0.0.1');
`;

export interface SlowService { server: Server; script: string; ask(path: string): Promise<unknown> }

export async function startSlowService(place: Workspace): Promise<SlowService> {
  const script = join(place.directory, 'slow-service.cjs');
  writeFileSync(script, SCRIPT);
  const server = await startNodeService(place, { script, name: 'slow-service' });
  return { server, script, ask: (path) => curl([`http://127.0.0.1:${server.port}${path}`]) };
}

export const profiles = (agent: Agent): Promise<ProfileSummary[]> => agent.get('/api/profiles?limit=1000');

/** Requests of this endpoint that have a profile, once there are so many. */
export async function profiled(agent: Agent, endpoint: string, count: number): Promise<ProfileSummary[]> {
  const own = async (): Promise<ProfileSummary[]> => {
    try {
      return (await profiles(agent)).filter((row) => row.endpoint === endpoint);
    } catch {
      return []; // off, and nothing kept
    }
  };
  return agent.until(own, (rows) => rows.length >= count, `${count} profiles of ${endpoint}`, 20_000);
}

export async function kindling(...args: string[]): Promise<KindlingResult> {
  await using command = Kindling.start(args);
  return await command.ended;
}
