/** How long requests and responses lay in the socket before somebody read them. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { planHooks } from '../../src/kernel/hooks.js';
import type { RequestRecord } from '../../src/requests/record.js';
import { freePort, launch, run, Workspace } from '../servers/index.js';
import { hookModes, Observation, SLOW } from './observe.js';
import { builtProgram, kill, listen } from './programs.js';

const MS = 1e6;
const requestText = (path: string) => `GET ${path} HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n`;
const request = (path: string) => `send=${requestText(path)}`;
const bytesOf = (path: string) => requestText(path).replaceAll('\\r', '\r').replaceAll('\\n', '\n').length;
const RESPONSE = 'send=HTTP/1.1 204 No Content\\r\\n\\r\\n';
/** Answers at once, but to /busy it first keeps its only thread busy: its other connections have to wait. */
const NODE_SERVER = `
  require('node:http').createServer((request, response) => {
    if (request.url === '/busy') {
      require('node:fs').writeSync(1, 'busy\\n');
      for (const end = Date.now() + Number(process.argv[2]); Date.now() < end;);
    }
    response.writeHead(204).end();
  }).listen(Number(process.argv[1]), '127.0.0.1', () => require('node:fs').writeSync(1, 'ready\\n'));
`;

let workspace: Workspace;
let peer: string;
before(async () => {
  workspace = await Workspace.create('unread');
  peer = builtProgram(workspace, 'peer');
});
after(async () => { await workspace.close(); });

const observe = (hooks: 'socket' | 'syscall') => new Observation({ scope: { kind: 'cgroup', paths: [workspace.cgroup.path] }, hooks });
const connect = (port: number, ...steps: string[]) => run([peer, 'connect', '127.0.0.1', String(port), ...steps], { cgroup: workspace.cgroup });

/** The requests that one end saw, by path. */
function byPath(records: RequestRecord[], role: 'server' | 'client'): Map<string, RequestRecord> {
  return new Map(records.filter((record) => record.role === role).map((record) => [record.resource, record]));
}

function assertStagesAddUp(record: RequestRecord): void {
  const { unreadNs, sendNs, waitNs, receiveNs, durationNs } = record;
  assert.equal((unreadNs ?? 0) + sendNs! + waitNs! + receiveNs!, durationNs);
}

if (planHooks('auto').programs.some(({ name, use }) => name === 'data_arrived' && use)) {
  describe('with the socket hooks', () => {
    test('a server that sleeps before it reads: the request begins when it came', async () => {
      const port = await freePort();
      const listener = await listen(peer, '127.0.0.1', port, [`wait=${150 * SLOW}`, 'recv', RESPONSE, 'end'], workspace);
      using seen = observe('socket');
      const began = performance.now();
      await connect(port, request('/late'), 'recv');
      const tookNs = (performance.now() - began) * MS;
      const records = await seen.until(2, () => true);
      await kill(listener);
      const server = byPath(records, 'server').get('/late')!;
      // The server began to sleep when the client had connected, a moment before the request.
      assert.ok(server.unreadNs! > 80 * SLOW * MS && server.unreadNs! < tookNs, `unread for ${server.unreadNs} of ${tookNs} ns`);
      assertStagesAddUp(server);
      const client = byPath(records, 'client').get('/late')!;
      assert.equal(client.unreadNs, null);
      assert.ok(client.responseUnreadNs! < client.waitNs!);
    });

    test('a request that lies in the accept queue waits from its arrival on', async () => {
      const port = await freePort();
      const listener = await listen(peer, '127.0.0.1', port, ['recv', RESPONSE, 'wait=200'], workspace);
      using seen = observe('socket');
      await connect(port, request('/first'), 'recv');
      // The server still sleeps over the first connection.
      await connect(port, request('/second'), 'recv');
      const records = await seen.until(4, () => true);
      await kill(listener);
      const servers = byPath(records, 'server');
      const gapNs = Number(BigInt(servers.get('/second')!.start) - BigInt(servers.get('/first')!.start));
      const waited = servers.get('/second')!.unreadNs!;
      assert.ok(waited + gapNs > 195 * MS, `the second came ${gapNs} ns after the first and lay for ${waited}`);
      assertStagesAddUp(servers.get('/second')!);
    });

    test('of two requests in one segment the second lies until it is read, too', async () => {
      const port = await freePort();
      const steps = [`recv=${bytesOf('/a')}`, RESPONSE, 'wait=120', 'recv', RESPONSE, 'end'];
      const listener = await listen(peer, '127.0.0.1', port, steps, workspace);
      using seen = observe('socket');
      await connect(port, `${request('/a')}${requestText('/b')}`, 'recv', 'recv');
      const servers = byPath(await seen.until(2, ({ role }) => role === 'server'), 'server');
      await kill(listener);
      assert.ok(servers.get('/b')!.unreadNs! - servers.get('/a')!.unreadNs! > 119 * MS);
      // Times of lying are in whole microseconds.
      assert.ok(Math.abs(Number(BigInt(servers.get('/a')!.start) - BigInt(servers.get('/b')!.start))) <= 2000);
    });

    test('a request that is read in parts lay as long as its first part', async () => {
      const port = await freePort();
      const listener = await listen(peer, '127.0.0.1', port, [`wait=${120 * SLOW}`, 'recv=5', 'wait=60', 'recv', RESPONSE, 'end'], workspace);
      using seen = observe('socket');
      await connect(port, request('/parts'), 'recv');
      const server = byPath(await seen.until(2, () => true), 'server').get('/parts')!;
      await kill(listener);
      assert.ok(server.unreadNs! > 50 * SLOW * MS && server.sendNs! > 59 * MS, `${server.unreadNs} ${server.sendNs}`);
      assertStagesAddUp(server);
    });

    test('requests one after the other, each read at once: none takes over what an earlier one waited', async () => {
      const port = await freePort();
      const listener = await listen(peer, '127.0.0.1', port, [`wait=${150 * SLOW}`, 'recv', RESPONSE, 'recv', RESPONSE, 'recv', RESPONSE, 'end'], workspace);
      using seen = observe('socket');
      await connect(port, request('/1'), 'recv', 'wait=50', request('/2'), 'recv', 'wait=50', request('/3'), 'recv');
      const servers = byPath(await seen.until(6, () => true), 'server');
      await kill(listener);
      assert.ok(servers.get('/1')!.unreadNs! > 80 * SLOW * MS);
      // Arrived after the first was answered: their times lie behind its end.
      const endOf = ({ start, durationNs }: RequestRecord) => BigInt(start) + BigInt(durationNs);
      assert.ok(BigInt(servers.get('/2')!.start) > endOf(servers.get('/1')!) + BigInt(40 * MS));
      assert.ok(BigInt(servers.get('/3')!.start) > endOf(servers.get('/2')!) + BigInt(40 * MS));
    });

    test('a client that reads its response late: it had been there', async () => {
      const port = await freePort();
      const listener = await listen(peer, '127.0.0.1', port, ['recv', RESPONSE, 'end'], workspace);
      using seen = observe('socket');
      await connect(port, request('/slow-reader'), 'wait=120', 'recv');
      const records = await seen.until(2, () => true);
      await kill(listener);
      const client = byPath(records, 'client').get('/slow-reader')!;
      const server = byPath(records, 'server').get('/slow-reader')!;
      assert.ok(client.responseUnreadNs! + server.durationNs > 110 * MS, `${client.responseUnreadNs} ${server.durationNs}`);
      assert.ok(client.responseUnreadNs! <= client.waitNs!);
    });

    test('an event loop that is busy with one request: the other connection\'s lies there meanwhile', async () => {
      const port = await freePort();
      const server = launch([process.execPath, '-e', NODE_SERVER, String(port), String(600 * SLOW)], { cgroup: workspace.cgroup, stdio: ['ignore', 'pipe', 'inherit'] });
      const said = () => new Promise<void>((resolve) => { server.stdout!.once('data', () => resolve()); });
      await said();
      using seen = observe('socket');
      const waiting = launch([peer, 'connect', '127.0.0.1', String(port), request('/hello'), 'recv', 'signal', request('/waits'), 'recv'], { cgroup: workspace.cgroup, stdio: 'ignore' });
      await seen.until(2, ({ resource }) => resource === '/hello');
      const busy = said();
      const other = connect(port, request('/busy'), 'recv');
      await busy;
      waiting.kill('SIGUSR1');
      await other;
      const servers = byPath(await seen.until(2, ({ role, resource }) => role === 'server' && resource !== '/hello'), 'server');
      await kill(server);
      const waits = servers.get('/waits')!;
      assert.ok(waits.unreadNs! > 100 * MS, `lay for ${waits.unreadNs} ns`);
      assert.ok(waits.durationNs > waits.unreadNs!);
      assert.ok(servers.get('/busy')!.waitNs! > 590 * SLOW * MS);
      assertStagesAddUp(waits);
    });
  });
}

for (const hooks of hookModes().filter((mode) => mode === 'syscall')) {
  test(`nobody knows how long a request lay there with the ${hooks} hooks`, async () => {
    const port = await freePort();
    const listener = await listen(peer, '127.0.0.1', port, ['wait=50', 'recv', RESPONSE, 'end'], workspace);
    using seen = observe(hooks);
    await connect(port, request('/late'), 'recv');
    const records = await seen.until(2, () => true);
    await kill(listener);
    assert.deepEqual(records.map(({ unreadNs, responseUnreadNs }) => [unreadNs, responseUnreadNs]), [[null, null], [null, null]]);
  });
}
